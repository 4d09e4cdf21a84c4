-- An assessment was brought up to date: it takes the place of what the record said before.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, kind, instrument, instrument_version, stage, trigger, result_level,
    specific_needs, needs, assessor, victim_involved
from {{ source('raw', 'assessment_reviewed') }}
