-- A version of an instrument of assessment.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, programme, instrument, instrument_version, kind, title, language, issued_on, replaces, source
from {{ source('raw', 'instrument_versioned') }}
