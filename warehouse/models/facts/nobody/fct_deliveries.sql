-- One row a dataset and period that a partner closed: how many records it states, none being an answer too, and whether
-- the hub knew within the days of grace. The hub keeps no more than the month of what it learned.
with first_statements as (
    select partner, own_dataset, period, min(known_month) as first_known_month
    from {{ known_facts('delivery_closed') }} as closed
    group by partner, own_dataset, period
)

select
    closed.event_id,
    closed.position,
    closed.stream,
    closed.part,
    closed.partner,
    closed.country,
    closed.own_dataset as dataset,
    {{ period_columns('closed.period') }},
    closed.complete,
    closed.records,
    case when closed.records > 0 then 'REPORTED' when closed.complete then 'ZERO' else 'NOTHING_YET' end as state,
    first_statements.first_known_month,
    closed.known_month,
    {{ period_start('first_statements.first_known_month') }} <= cast(
        {{ period_end('closed.period') }} + {{ var('report_grace_days') | int }} * interval '1 day' as date
    ) as is_on_time
from {{ current_facts('delivery_closed') }} as closed
inner join first_statements
    on first_statements.partner = closed.partner and first_statements.own_dataset = closed.own_dataset
        and first_statements.period = closed.period
