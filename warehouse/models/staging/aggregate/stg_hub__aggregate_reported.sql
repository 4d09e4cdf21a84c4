-- A cell of a table from a partner who may send no rows.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    series, unit, period, region, victim_role, sex, age_band, nationality_group, offence, violence_form, relationship,
    scope, channel, source, service, tier, perpetrator_sex, perpetrator_age_band, counted, small_counts, obs_status
from {{ source('raw', 'aggregate_reported') }}
