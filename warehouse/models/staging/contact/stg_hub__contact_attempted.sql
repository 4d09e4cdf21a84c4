-- A service tried to reach the person.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, channel, attempt, result
from {{ source('raw', 'contact_attempted') }}
