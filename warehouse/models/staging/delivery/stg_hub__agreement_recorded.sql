-- A version of a sharing agreement that its parties approved.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    own_partner, own_dataset, agreement_version, digest, purposes, recipients, lawful_basis, retention_months,
    valid_from, valid_until
from {{ source('raw', 'agreement_recorded') }}
