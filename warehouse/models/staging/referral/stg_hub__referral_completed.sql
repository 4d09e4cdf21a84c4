-- The sender was told the outcome.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on
from {{ source('raw', 'referral_completed') }}
