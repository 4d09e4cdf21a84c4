-- One row a house (or several in one record), unit of places and year, as its newest period in that year states it. Of
-- three houses and more only so much is known, so `houses` is the least that it can be.
with stated as (
    select
        event_id,
        position,
        stream,
        partner,
        country,
        accommodation,
        places_unit,
        places,
        cast(substr(period, 1, 4) as integer) as year,
        case sites when '1' then 1 when '2' then 2 else 3 end as houses,
        row_number() over (
            partition by stream, places_unit, accommodation, substr(period, 1, 4) order by {{ period_end('period') }} desc, position desc
        ) as newest_first
    from {{ current_facts('shelter_capacityreported') }} as reported
)

select event_id, position, stream, partner, country, year, accommodation, places_unit, places, houses
from stated
where newest_first = 1
