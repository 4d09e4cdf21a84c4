-- A service was given. The counting unit is the act.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region, offence,
    violence_forms, relationship, cohabiting, service, tier, channel, unit, quantity, need, free_of_charge
from {{ source('raw', 'service_delivered') }}
