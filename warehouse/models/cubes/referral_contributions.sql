select subject, partner, country, quarter, region, context, sex, age_band, mode, outcome, count(*) as referrals
from {{ ref('int_referrals') }}
where is_agreed
group by subject, partner, country, quarter, region, context, sex, age_band, mode, outcome
