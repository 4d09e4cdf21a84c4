-- Three custodians by their public keys; their list was approved by those before them.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    act, number, readers, signers, valid_until, approved_by, signatures
from {{ source('raw', 'custody_enrolled') }}
