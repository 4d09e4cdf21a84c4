-- The receiving service, or the victim, says no: who, and why.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, declined_by, own_reason
from {{ source('raw', 'referral_declined') }}
