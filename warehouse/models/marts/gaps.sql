-- Beside what is missing, how the measures that answer it stand, by the rating that is computed.
with answering as (
    {{ measures_answering('GAP') }}
)

select
    found.plan,
    found.programme,
    found.country,
    found.gap,
    found.title,
    found.instrument,
    found.requirement,
    found.dimension,
    found.kind,
    found.tier_from,
    found.tier_to,
    found.target_group,
    found.region,
    found.severity,
    found.status,
    found.found_on,
    found.evidence,
    coalesce(answering.measures, 0) as measures,
    coalesce(answering.measures_done, 0) as measures_done,
    coalesce(answering.measures_red, 0) as measures_red,
    found.basis
from {{ ref('int_gaps') }} as found
left join answering on answering.plan = found.plan and answering.part = found.gap
