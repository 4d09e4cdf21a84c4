-- A service and a person spoke. The counting unit is the contact, never the person.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region,
    offence, violence_forms, relationship, cohabiting, channel, source, services, duration_band
from {{ source('raw', 'contact_held') }}
