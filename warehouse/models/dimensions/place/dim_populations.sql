-- One row an area and year: all inhabitants, the only figure that the hub has a source for. By sex or age there is none
-- yet, and a rate of women is not made of a figure of all.
with figures as (
    select area, year, population, rounded_to, source, vintage, false as is_country from {{ ref('region_populations') }}
    union all
    select area, year, population, rounded_to, source, vintage, true as is_country from {{ ref('country_populations') }}
)

select
    area,
    year,
    'ALL' as sex,
    'ALL' as age_group,
    case when is_country then area else {{ iso_country('area') }} end as country,
    is_country,
    population,
    rounded_to,
    source,
    vintage
from figures
