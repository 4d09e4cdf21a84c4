-- One row a NUTS 3 region (2024) of a country whose directory the hub holds, and what specialist services that are
-- active are in it or serve it. A shelter is in no region. A country of which nothing is listed has no row: silence of
-- a directory is not a lack of services.
with covered as (
    select
        area,
        bool_or(tier like 'SPECIALIST_%') as has_specialist,
        bool_or(tier = 'SPECIALIST_GBV') as has_gbv,
        bool_or(tier = 'SPECIALIST_SV') as has_sv,
        bool_or(tier = 'SPECIALIST_CHILD') as has_child,
        max(assured_on) filter (where tier like 'SPECIALIST_%') as assured_on
    from {{ ref('dim_service_regions') }}
    where status = 'ACTIVE'
    group by area
),

directories as (
    select distinct country from {{ ref('dim_service_regions') }}
)

select
    areas.country,
    areas.area,
    substr(areas.area, 1, 4) as region,
    coalesce(covered.has_specialist, false) as has_specialist,
    coalesce(covered.has_gbv, false) as has_gbv,
    coalesce(covered.has_sv, false) as has_sv,
    coalesce(covered.has_child, false) as has_child,
    covered.assured_on
from {{ ref('dim_areas') }} as areas
inner join directories on directories.country = areas.country
left join covered on covered.area = areas.area
where areas.nuts_version = '2024' and areas.level = 3
