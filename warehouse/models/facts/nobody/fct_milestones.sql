-- One row a due date that a milestone ever had, in order: moved dates stay, and so does a milestone that was retracted.
-- The current row says what has come of it.
with stated as (
    select
        planned.*,
        lag(due_on) over history as due_before,
        first_value(due_on) over history as first_due_on,
        row_number() over history as nth
    from {{ known_facts('plan_milestoneplanned') }} as planned
    window history as (partition by plan, measure, milestone order by position)
),

due_dates as (
    select
        *,
        row_number() over (partition by plan, measure, milestone order by position) as version_of_date,
        row_number() over (partition by plan, measure, milestone order by position desc) = 1 as is_last
    from stated
    where nth = 1 or due_on is distinct from due_before
)

select
    {{ said_by('due_dates', country='coalesce(adopted.own_country, due_dates.country)') }},
    {{ year_of('due_dates.due_on') }} as year,
    {{ quarter_of('due_dates.due_on') }} as quarter,
    due_dates.plan,
    adopted.programme,
    due_dates.basis,
    due_dates.measure,
    due_dates.milestone,
    cast(due_dates.version_of_date as integer) as version,
    coalesce(case when due_dates.is_last then now.title end, due_dates.title) as title,
    due_dates.due_on,
    due_dates.first_due_on,
    due_dates.known_month,
    cast(due_dates.due_on - due_dates.first_due_on as integer) as days_slipped,
    coalesce(case when due_dates.is_last then now.weight end, due_dates.weight) as weight,
    due_dates.is_last and now.milestone is not null as is_current,
    case when due_dates.is_last then now.done_on end as done_on,
    case when due_dates.is_last then now.evidence end as evidence,
    case when due_dates.is_last then now.verified_by end as verified_by,
    coalesce(due_dates.is_last and now.is_verified, false) as is_verified
from due_dates
left join {{ ref('int_milestones') }} as now
    on now.plan = due_dates.plan and now.measure = due_dates.measure and now.milestone = due_dates.milestone
left join {{ current_facts('plan_adopted') }} as adopted on adopted.plan = due_dates.plan
