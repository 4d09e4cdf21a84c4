-- A victim was referred to a support service: the cohort date of every referral figure.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, nationality_group, region,
    offence, violence_forms, relationship, cohabiting, direction, source, mode, from_tier, to_tier, priority,
    response_wished_hours
from {{ source('raw', 'referral_sent') }}
