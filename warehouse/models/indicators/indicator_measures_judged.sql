-- One row a measure of a plan with its computed rating, on the day that the build judges.
with rated as (
    select
        *,
        {{ rating() }} as rating
    from {{ ref('int_measures') }}
)

select plan, country, pillar, measure, kind, lead_body, basis, starts_on, due_on, self_status,
    split_part(rating, '/', 1) as rag_computed
from rated
