select
    country, quarter, region, context, sex, age_band, mode, outcome,
    count(distinct subject) as persons,
    cast(sum(referrals) as bigint) as referrals
from {{ ref('referral_contributions') }}
group by country, quarter, region, context, sex, age_band, mode, outcome
