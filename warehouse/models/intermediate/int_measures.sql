-- One row a measure, as now stated, with everything that its rating is judged on. Beside the measure itself only such
-- models are read as are published whole, so that a reader of a release can do the sum again.
with reports as (
    select
        *,
        row_number() over (
            partition by plan, measure order by {{ period_end('period') }} desc, reported_on desc
        ) as latest_first
    from {{ ref('int_statuses') }}
),

due_dates as (
    select
        plan,
        measure,
        cast(max(version) - 1 as integer) as due_moves,
        min(due_on) filter (where version = 1) as first_due_on
    from {{ ref('int_due_dates') }}
    group by plan, measure
),

steps as (
    select
        plan,
        measure,
        count(*) as milestones,
        count(*) filter (where done_on is null) as open_milestones,
        count(*) filter (where is_verified) as verified_milestones,
        100.0 * cast(sum(weight) filter (where done_on is not null) as double precision)
            / cast(sum(weight) as double precision) as weight_done_pct
    from {{ ref('int_milestones') }}
    group by plan, measure
),

-- the indicator that is furthest from its path speaks for the measure
indicators as (
    select plan, measure, min(on_path) as on_path, max({{ report_until('last_period') }}) as fresh_until
    from {{ ref('int_targets') }}
    group by plan, measure
),

joined as (
    select
        measures.plan,
        plans.country,
        objectives.pillar,
        measures.objective,
        measures.measure,
        measures.title,
        measures.kind,
        measures.lead_body,
        measures.starts_on,
        measures.due_on,
        due_dates.first_due_on,
        due_dates.due_moves,
        cast(measures.due_on - due_dates.first_due_on as integer) as days_slipped,
        measures.budget_eur,
        measures.basis,
        reports.status as self_status,
        reports.rag_self,
        reports.period as reported_period,
        reports.reported_on,
        reports.basis as reported_basis,
        indicators.on_path,
        cast(coalesce(steps.open_milestones, 0) as integer) as open_milestones,
        coalesce(steps.verified_milestones = steps.milestones, false) as is_verified,
        -- saying so is not enough while a milestone is open
        coalesce(reports.status in ('COMPLETED', 'COMPLETED_LATE'), false)
            and coalesce(steps.open_milestones, 0) = 0 as is_complete,
        coalesce(reports.progress_pct, cast({{ rounded('steps.weight_done_pct') }} as bigint)) as progress_pct,
        -- a continuous measure reports through its indicators too
        coalesce(
            greatest(
                {{ report_until('reports.period') }}, case when measures.due_on is null then indicators.fresh_until end
            ) > {{ as_of() }},
            false
        ) as is_reported,
        {{ as_of() }} as as_of
    from {{ current_facts('plan_measureplanned') }} as measures
    left join {{ ref('int_plans') }} as plans on plans.plan = measures.plan
    left join {{ ref('int_objectives') }} as objectives
        on objectives.plan = measures.plan and objectives.objective = measures.objective
    left join due_dates on due_dates.plan = measures.plan and due_dates.measure = measures.measure
    left join reports
        on reports.plan = measures.plan and reports.measure = measures.measure and reports.latest_first = 1
    left join steps on steps.plan = measures.plan and steps.measure = measures.measure
    left join indicators on indicators.plan = measures.plan and indicators.measure = measures.measure
)

select
    *,
    case
        when due_on is null then null
        when as_of >= due_on then 100.0
        when as_of <= starts_on then 0.0
        else {{ rounded('100.0 * cast(as_of - starts_on as double precision) / (due_on - starts_on)', 1) }}
    end as planned_pct,
    case
        when due_on is null then null
        when is_complete then 0
        else cast(greatest(as_of - due_on, 0) as integer)
    end as overdue_days
from joined
