-- The receiving service, or the victim, says no, with the reason.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, own_reason
from {{ source('raw', 'referral_declined') }}
