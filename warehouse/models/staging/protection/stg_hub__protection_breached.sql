-- Somebody whom the measure binds did not keep to it.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, measure, response
from {{ source('raw', 'protection_breached') }}
