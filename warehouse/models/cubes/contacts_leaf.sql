select
    country, quarter, region, context, sex, age_band, channel,
    count(distinct subject) as persons,
    cast(sum(contacts) as bigint) as contacts
from {{ ref('contact_contributions') }}
group by country, quarter, region, context, sex, age_band, channel
