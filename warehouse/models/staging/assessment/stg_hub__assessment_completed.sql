-- A victim's needs, or the danger she is in, were assessed.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, kind, instrument, instrument_version, stage, extent, result_level,
    specific_needs, needs, assessor, victim_involved
from {{ source('raw', 'assessment_completed') }}
