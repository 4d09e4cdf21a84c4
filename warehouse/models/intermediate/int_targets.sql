-- on_path: how far the indicator came of the way that it should have come by the period it was last measured in, on a
-- straight line from baseline to target. Positive when it moves the wished way, up or down. Empty without a baseline,
-- without a measurement, and where the line has not left the baseline.
with measurements as (
    select
        plan,
        measure,
        indicator,
        value as last_value,
        period as last_period,
        basis as last_basis,
        row_number() over (
            partition by plan, measure, indicator order by {{ period_end('period') }} desc, position desc
        ) as latest_first
    from {{ current_facts('plan_targetmeasured') }} as measured
),

lines as (
    select
        targets.*,
        measurements.last_value,
        measurements.last_period,
        measurements.last_basis,
        coalesce({{ period_end('targets.baseline_period') }}, measures.starts_on) as line_starts_on,
        {{ period_end('targets.target_period') }} as line_ends_on,
        {{ period_end('measurements.last_period') }} as measured_on
    from {{ current_facts('plan_targetset') }} as targets
    left join measurements
        on measurements.plan = targets.plan and measurements.measure = targets.measure
            and measurements.indicator = targets.indicator and measurements.latest_first = 1
    left join {{ current_facts('plan_measureplanned') }} as measures
        on measures.plan = targets.plan and measures.measure = targets.measure
),

paths as (
    select
        *,
        case
            when measured_on >= line_ends_on then target_value - baseline_value
            when measured_on <= line_starts_on then 0
            else (target_value - baseline_value) * (measured_on - line_starts_on) / (line_ends_on - line_starts_on)
        end as planned_way
    from lines
)

select
    plan,
    measure,
    indicator,
    kind,
    unit,
    direction,
    baseline_value,
    baseline_period,
    target_value,
    target_period,
    last_value,
    last_period,
    {{ rounded('(last_value - baseline_value) / nullif(planned_way, 0)', 3) }} as on_path,
    basis,
    last_basis
from paths
