-- One row a municipality of a programme's own area and a version of NUTS: a police zone of five municipalities, a city.
-- Such an area is finer than a region, and a figure of the region is never its figure.
select
    area,
    member,
    nuts_version,
    kind,
    name,
    programme,
    country,
    nuts2,
    nuts3,
    count(*) over (partition by area, nuts_version) as members
from {{ ref('area_members') }}
