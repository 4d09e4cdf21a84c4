-- Zero reported, or something reported. What is absent here was not delivered: never the same as zero.
-- A statement of a year speaks for each of its quarters, but only where no quarter or month of its own is stated.
with statements as (
    select
        partner,
        country,
        own_dataset as dataset,
        substr(period, 1, 4) as year,
        case when length(period) > 4 then extract(quarter from {{ period_start('period') }}) end as nth,
        case when length(period) = 4 then 'Y' when period like '%Q%' then 'Q' else 'M' end as grain,
        complete,
        records
    from {{ current_facts('delivery_closed') }} as closed
),

quarters as (
    select
        statements.partner,
        statements.country,
        statements.dataset,
        statements.year || 'Q' || cast(nths.nth as varchar) as quarter,
        count(*) filter (where grain <> 'Y') as finer,
        sum(records) filter (where grain <> 'Y') as finer_records,
        sum(records) as all_records,
        bool_or(complete and grain = 'Y') as year_is_complete,
        -- a quarter is nothing only when all of it is
        bool_or(complete and grain = 'Q') or count(*) filter (where complete and grain = 'M') >= 3
            as quarter_is_complete
    from statements
    inner join (values (1), (2), (3), (4)) as nths (nth) on statements.nth is null or statements.nth = nths.nth
    group by statements.partner, statements.country, statements.dataset, quarter
),

states as (
    select
        partner,
        country,
        dataset,
        quarter,
        case
            when finer > 0 and finer_records > 0 or finer = 0 and all_records > 0 then 'REPORTED'
            when finer > 0 and quarter_is_complete or finer = 0 and year_is_complete then 'ZERO'
        end as state
    from quarters
)

select partner, country, dataset, quarter, state
from states
where state is not null
