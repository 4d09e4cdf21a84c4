-- A source no longer states one of its facts.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    retracts, fact, own_part, own_reason
from {{ source('raw', 'record_retracted') }}
