-- From every statement of a measure that the hub ever got, retracted ones too: a due date cannot be edited away.
with stated as (
    select
        plan,
        measure,
        due_on,
        known_month,
        position,
        lag(due_on) over history as due_before,
        row_number() over history as nth
    from {{ known_facts('plan_measureplanned') }} as facts
    window history as (partition by plan, measure order by position)
)

select
    plan,
    measure,
    cast(row_number() over (partition by plan, measure order by position) as integer) as version,
    due_on,
    known_month,
    position
from stated
where nth = 1 or due_on is distinct from due_before
