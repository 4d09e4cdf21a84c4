select subject, partner, country, quarter, region, context, sex, age_band, channel, count(*) as contacts
from {{ ref('int_contacts') }}
where is_agreed
group by subject, partner, country, quarter, region, context, sex, age_band, channel
