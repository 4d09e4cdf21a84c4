-- It was granted, refused, varied, lifted, or its time ran out.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, measure, outcome, decided_by, in_force_until
from {{ source('raw', 'protection_decided') }}
