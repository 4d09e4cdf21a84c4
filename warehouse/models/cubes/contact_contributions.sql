select
    subject,
    partner,
    country,
    {{ quarter_of('held_on') }} as quarter,
    region,
    context,
    {{ sex_leaf('sex') }} as sex,
    {{ age_band_leaf('age_band') }} as age_band,
    channel,
    count(*) as contacts
from {{ ref('fct_contacts') }}
where is_agreed
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
