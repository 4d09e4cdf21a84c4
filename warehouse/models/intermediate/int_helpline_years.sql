-- One row a partner's line and year. Nothing is added to its own parts: a year's own row stands for its quarters, a
-- quarter's for its months, and a row of all languages and topics for those of one.
with stated as (
    select
        partner,
        country,
        dataset,
        line,
        period,
        cast(substr(period, 1, 4) as integer) as year,
        case when length(period) > 4 then extract(quarter from {{ period_start('period') }}) end as nth,
        case when length(period) = 4 then 1 when period like '%Q%' then 2 else 3 end as grain,
        case when language is null and violence_form is null then 1 else 0 end as is_whole,
        calls_offered,
        calls_answered
    from {{ current_facts('helpline_tallied') }} as tallied
),

ranked as (
    select
        *,
        min(grain) over (partition by partner, dataset, line, year) as coarsest_of_year,
        min(grain) over (partition by partner, dataset, line, year, nth) as coarsest_of_quarter,
        max(is_whole) over (partition by partner, dataset, line, period) as has_whole
    from stated
)

select
    partner,
    country,
    dataset,
    line,
    year,
    cast(sum(calls_offered) as bigint) as calls_offered,
    cast(sum(calls_answered) as bigint) as calls_answered
from ranked
where is_whole = has_whole and grain = case when coarsest_of_year = 1 then 1 else coarsest_of_quarter end
group by partner, country, dataset, line, year
