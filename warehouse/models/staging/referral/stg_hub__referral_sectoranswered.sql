-- Whether a victim was referred to one sector, and if not, why not.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, sector, answer
from {{ source('raw', 'referral_sectoranswered') }}
