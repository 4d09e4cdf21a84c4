-- Places of houses in a period, and how far they were taken.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    period, sites, region, accommodation, places_unit, places, places_accessible, boys_to_age, admits, days_available,
    days_occupied
from {{ source('raw', 'shelter_capacityreported') }}
