-- A person was asked about one purpose and said yes or no.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, purpose, recipient, answer, given_by, lawful_basis
from {{ source('raw', 'consent_recorded') }}
