-- A stage of the criminal justice system was reached. The counting unit is the case.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, stage, sentence, perpetrator_sex, perpetrator_age_band
from {{ source('raw', 'justice_stagerecorded') }}
