-- A stay in a shelter ended.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, accommodation, length, destination
from {{ source('raw', 'shelter_stayended') }}
