select subject, partner, country, quarter, region, context, sex, age_band, mode, outcome, count(*) as referrals
from {{ ref('int_referrals') }}
group by subject, partner, country, quarter, region, context, sex, age_band, mode, outcome
