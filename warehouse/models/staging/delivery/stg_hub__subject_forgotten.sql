-- A partner asked, and persons' data keys were destroyed.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    request, own_reason, keys
from {{ source('raw', 'subject_forgotten') }}
