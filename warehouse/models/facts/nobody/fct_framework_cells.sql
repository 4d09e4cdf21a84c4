-- One row a statement on one requirement, for one group, in one dimension, in a country, and the days on which it is
-- so: law changes, and what was so before stays. Cells of two programmes are two opinions, side by side.
with cells as (
    select
        assessed.*,
        coalesce(valid_from, assessed_on) as since,
        lead(coalesce(valid_from, assessed_on)) over history as next_since,
        row_number() over (
            partition by own_country, programme, instrument, requirement, dimension, target_group
            order by coalesce(valid_from, assessed_on) desc, assessed_on desc, position desc
        ) = 1 as is_current
    from {{ current_facts('framework_assessed') }} as assessed
    window history as (
        partition by own_country, programme, instrument, requirement, dimension, target_group
        order by coalesce(valid_from, assessed_on), assessed_on, position
    )
)

select
    {{ said_by('cells', country='cells.own_country') }},
    {{ year_of('cells.assessed_on') }} as year,
    {{ quarter_of('cells.assessed_on') }} as quarter,
    basis,
    programme,
    instrument,
    requirement,
    dimension,
    target_group,
    status,
    level,
    assessed_on,
    since as valid_from,
    next_since as valid_to,
    is_current,
    evidence,
    gap
from cells
