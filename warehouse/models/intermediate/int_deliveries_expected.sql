-- One row a delivery that a partner owes: each quarter of a dataset from the first that it ever delivered, once the
-- quarter and the days of grace are over. What came late, or not at all, stands beside what came.
with statements as (
    select
        partner,
        country,
        own_dataset as dataset,
        period,
        min(make_date(cast(substr(known_month, 1, 4) as integer), cast(substr(known_month, 6, 2) as integer), 1))
            as known_from
    from {{ known_facts('delivery_closed') }} as closed
    group by partner, country, own_dataset, period
),

digits as (
    select digit from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as digits (digit)
),

-- a hundred quarters from the first
owed as (
    select
        firsts.partner,
        firsts.country,
        firsts.dataset,
        cast(firsts.first_on + (tens.digit * 10 + ones.digit) * interval '3 months' as date) as quarter_from
    from (
        select partner, country, dataset, min({{ period_start('quarter') }}) as first_on
        from {{ ref('int_delivery_states') }}
        group by partner, country, dataset
    ) as firsts
    cross join digits as tens
    cross join digits as ones
),

due as (
    select
        partner,
        country,
        dataset,
        quarter_from,
        {{ quarter_of('quarter_from') }} as quarter,
        cast(
            quarter_from + interval '3 months' + {{ var('report_grace_days') | int }} * interval '1 day' as date
        ) as owed_until
    from owed
),

-- by when all of a quarter was there: at once, or as three months
came as (
    select
        due.partner,
        due.country,
        due.dataset,
        due.quarter,
        min(statements.known_from) filter (where length(statements.period) = 4 or statements.period like '%Q%')
            as known_at_once,
        max(statements.known_from) filter (where statements.period like '____-__') as known_by_months,
        count(*) filter (where statements.period like '____-__') as months
    from due
    inner join statements
        on statements.partner = due.partner and statements.country = due.country
        and statements.dataset = due.dataset
        and {{ period_start('statements.period') }} < cast(due.quarter_from + interval '3 months' as date)
        and {{ period_end('statements.period') }} >= due.quarter_from
    group by due.partner, due.country, due.dataset, due.quarter
)

select
    due.partner,
    due.country,
    due.dataset,
    cast(extract(year from due.quarter_from) as integer) as year,
    due.quarter,
    delivered.state is not null as is_delivered,
    delivered.state is not null
        and (
            coalesce(came.known_at_once < due.owed_until, false)
            or coalesce(came.months = 3 and came.known_by_months < due.owed_until, false)
        ) as is_on_time
from due
left join {{ ref('int_delivery_states') }} as delivered
    on delivered.partner = due.partner and delivered.country = due.country
    and delivered.dataset = due.dataset and delivered.quarter = due.quarter
left join came
    on came.partner = due.partner and came.country = due.country
    and came.dataset = due.dataset and came.quarter = due.quarter
where due.owed_until <= {{ as_of() }}
