-- One row a service as it now is and a region where it is given, or whose inhabitants it serves. A service for a larger
-- area serves each of its districts (NUTS 2024, level 3); one that is given somewhere in it is in none of them for
-- sure. A shelter stands for its country alone.
with listed as (
    select
        regions.partner,
        regions.service_id,
        regions.reach,
        services.country,
        services.is_shelter or {{ is_shelter('regions.organisation_kind', 'regions.services') }} as is_shelter,
        regions.district,
        services.tier,
        services.organisation_kind,
        services.services,
        services.languages,
        services.status,
        services.assured_on
    from {{ current_facts('service_regionlisted') }} as regions
    inner join {{ ref('dim_services') }} as services
        on services.partner = regions.partner and services.service_id = regions.service_id and services.is_current
),

-- a service that is a shelter in one of its rows is one in all of them
told as (
    select
        *,
        bool_or(is_shelter) over (partition by partner, service_id) as is_hidden
    from listed
),

served as (
    select
        told.*,
        case when is_hidden then {{ nuts_country('told.country') }} else coalesce(areas.area, told.district) end as area
    from told
    left join {{ ref('dim_areas') }} as areas
        on not told.is_hidden
            and told.reach = 'AREA'
            and areas.nuts_version = '2024'
            and areas.level = 3
            and substr(areas.area, 1, length(told.district)) = told.district
),

ranked as (
    select
        *,
        row_number() over (
            partition by partner, service_id, reach, area order by length(district) desc, district
        ) as finest_first
    from served
)

select
    partner,
    service_id,
    reach,
    area,
    cast(length(area) - 2 as integer) as level,
    country,
    case when is_hidden then {{ nuts_country('country') }} else district end as stated_district,
    is_hidden as is_shelter,
    tier,
    organisation_kind,
    services,
    languages,
    status,
    assured_on
from ranked
where finest_first = 1
