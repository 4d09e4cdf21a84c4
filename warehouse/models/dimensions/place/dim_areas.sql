-- One row a region and version of NUTS: a code of 2021 and the same code of 2024 are two rows, as the land behind it
-- may be another. Level 0 is the country. Countries outside the EU stand as a
-- whole, in 2021.
with areas as (
    select versions.nuts_version, nuts.code as area, nuts.name, versions.valid_from, versions.valid_to, versions.source
    from {{ ref('nuts_versions') }} as versions
    inner join {{ ref('nuts') }} as nuts on nuts.versions like '%' || versions.nuts_version || '%'
)

select
    nuts_version,
    area,
    name,
    cast(length(area) - 2 as integer) as level,
    case when length(area) > 2 then substr(area, 1, length(area) - 1) end as parent,
    {{ iso_country('area') }} as country,
    valid_from,
    valid_to,
    source
from areas
