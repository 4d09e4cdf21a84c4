select
    subject,
    partner,
    country,
    {{ quarter_of('sent_on') }} as quarter,
    region,
    context,
    {{ sex_leaf('sex') }} as sex,
    {{ age_band_leaf('age_band') }} as age_band,
    mode,
    outcome,
    count(*) as referrals
from {{ ref('fct_referrals') }}
where is_agreed
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
