-- When a service is open in any week.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    service_id, weekdays, weekly_hours, round_the_clock
from {{ source('raw', 'service_hourslisted') }}
