-- The victim did not want to be assessed.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, kind, instrument, stage
from {{ source('raw', 'assessment_refused') }}
