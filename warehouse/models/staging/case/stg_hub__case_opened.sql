-- A service took a person on.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region,
    offence, violence_forms, relationship, cohabiting, entry_source, tier
from {{ source('raw', 'case_opened') }}
