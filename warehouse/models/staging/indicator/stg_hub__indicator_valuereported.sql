-- A figure that its source has published.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    indicator, area, period, breakdown, scope, counting_unit, unit, value, numerator, denominator, obs_status,
    conf_status, source, published_on
from {{ source('raw', 'indicator_valuereported') }}
