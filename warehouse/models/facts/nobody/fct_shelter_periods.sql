-- One row a house (or some houses together), period and unit of places. Beds, family places and rooms are three units:
-- no sum may go over them. Places are a stock, which no sum of periods has; days are added up where the row counts.
with periods as (
    select
        {{ said_by('reported') }},
        {{ period_columns('reported.period') }},
        reported.sites,
        reported.region,
        reported.accommodation,
        reported.places_unit,
        reported.places,
        reported.places_accessible,
        reported.boys_to_age,
        reported.admits,
        reported.days_available,
        reported.days_occupied
    from {{ current_facts('shelter_capacityreported') }} as reported
)

select
    *,
    {{ counts_once(['stream', 'places_unit', 'year']) }}
from periods
