-- A service is no more.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    service_id, closed_on, own_reason
from {{ source('raw', 'service_closed') }}
