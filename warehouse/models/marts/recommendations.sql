-- Beside what is asked for, how the measures that answer it stand, by the rating that is computed.
with answering as (
    {{ measures_answering('RECOMMENDATION') }}
)

select
    found.plan,
    found.programme,
    found.country,
    found.recommendation,
    found.body,
    found.document,
    found.paragraph,
    found.issued_on,
    found.instrument,
    found.requirement,
    found.urgency,
    found.target_group,
    found.title,
    found.status,
    coalesce(answering.measures, 0) as measures,
    coalesce(answering.measures_done, 0) as measures_done,
    coalesce(answering.measures_red, 0) as measures_red,
    found.basis
from {{ ref('int_recommendations') }} as found
left join answering on answering.plan = found.plan and answering.part = found.recommendation
