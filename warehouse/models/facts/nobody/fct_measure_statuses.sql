-- One row a report of a lead body on its measure and a period, as now stated. The newest speaks for the measure.
with reports as (
    select
        reported.*,
        adopted.own_country,
        adopted.programme,
        row_number() over (
            partition by reported.plan, reported.measure
            order by {{ period_end('reported.period') }} desc, reported.reported_on desc, reported.position desc
        ) = 1 as is_newest,
        lag(reported.progress_pct) over (
            partition by reported.plan, reported.measure
            order by {{ period_end('reported.period') }}, reported.reported_on, reported.position
        ) as previous_progress_pct
    from {{ current_facts('plan_statusreported') }} as reported
    left join {{ current_facts('plan_adopted') }} as adopted on adopted.plan = reported.plan
)

select
    {{ said_by('reports', country='coalesce(reports.own_country, reports.country)') }},
    {{ period_columns('reports.period') }},
    plan,
    programme,
    basis,
    measure,
    reported_on,
    status,
    progress_pct,
    previous_progress_pct,
    rag_self,
    spent_eur,
    obstacle,
    is_newest
from reports
