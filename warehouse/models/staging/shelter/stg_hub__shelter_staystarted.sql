-- A stay in a shelter began.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, children_band, accommodation, source
from {{ source('raw', 'shelter_staystarted') }}
