-- The support ended.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, own_reason, needs_met
from {{ source('raw', 'case_closed') }}
