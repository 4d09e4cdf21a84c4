-- Shelter was asked for, and this came of it.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, victim_role, sex, age_band, children_band, accommodation, source,
    outcome, own_reason, waited_days
from {{ source('raw', 'shelter_requestrecorded') }}
