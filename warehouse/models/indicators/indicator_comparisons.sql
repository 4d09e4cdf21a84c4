-- Totals of an indicator of countries that all have it in a period, side by side. Where definitions differ there is no value: the row says so. Exact, so it stays in the enclave. Written by `make schemas` from warehouse/indicators/*.yaml: change that, not this.
with graded as (
    select
        figures.*,
        registry.comparability,
        registry.comparability = 'C'
            or coalesce(' ' || registry.differs_in || ' ' like '% ' || figures.country || ' %', false) as is_refused,
        count(*) over (partition by figures.indicator, figures.measure, figures.period) as countries
    from {{ ref('indicator_values') }} as figures
    inner join {{ ref('indicator_definitions') }} as registry
        on registry.indicator = figures.indicator and registry.measure = figures.measure
        and registry.version = figures.version
    where figures.breakdown = 'TOTAL'
)

select
    indicator,
    version,
    measure,
    period_type,
    period,
    country,
    unit,
    case when not is_refused then value end as value,
    case when not is_refused then value_low end as value_low,
    case when not is_refused then value_high end as value_high,
    known_share,
    comparability,
    case when is_refused then 'D' else obs_status end as obs_status,
    case when is_refused then 'DEFINITIONS_DIFFER' else reason end as reason,
    is_closed
from graded
where countries > 1
