-- From this day on it is no for this purpose.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, purpose, recipient, given_by
from {{ source('raw', 'consent_withdrawn') }}
