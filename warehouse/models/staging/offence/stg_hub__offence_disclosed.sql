-- A victim told of an offence. The counting unit is the offence.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, tags, primary_form, gbvims_type, frequency, lasted, incident_on,
    incident_precision, delay, place_type, offence_country, reported_to_police, reported_elsewhere, perpetrators,
    perpetrator_sex, perpetrator_age_band
from {{ source('raw', 'offence_disclosed') }}
