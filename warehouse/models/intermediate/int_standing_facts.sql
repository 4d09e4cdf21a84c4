-- One row a fact about a person that stands and may be counted: which statement of it is the one, as which person she is
-- told, and whether her figures may be published. A table: every fact is judged once, however many models read it.
-- A fact's newest statement counts, unless the source has retracted it; not of whom a no to reporting holds on that day.
{{ config(materialized='table') }}

with newest as (
    select *
    from (
        select
            stated.*,
            row_number() over (partition by event, stream, part order by version desc) as newest_first
        from {{ ref('int_statements') }} as stated
    ) as statements
    where newest_first = 1
),

standing as (
    select newest.*
    from newest
    where not exists (
        select 1
        from {{ known_facts('record_retracted') }} as retracted
        where retracted.retracts = newest.event_id
    )
    and {{ may_be_reported('newest') }}
),

-- the newest version of a dataset's agreement that covers a day says whether it is shared
agreed as (
    select partner, dataset, occurred_on, is_shared
    from (
        select
            days.partner,
            days.dataset,
            days.occurred_on,
            agreements.is_shared,
            row_number() over (
                partition by days.partner, days.dataset, days.occurred_on order by agreements.version desc
            ) as newest_first
        from (select distinct partner, dataset, occurred_on from standing) as days
        inner join {{ ref('int_agreements') }} as agreements
            on agreements.partner = days.partner
            and agreements.dataset = days.dataset
            and days.occurred_on between agreements.valid_from and agreements.valid_until
    ) as covering
    where newest_first = 1
)

select
    standing.position,
    standing.event_id,
    standing.event,
    {{ person_of('standing') }} as person,
    -- a dataset of which the hub knows no agreement is published on the basis of its own delivery
    coalesce(agreed.is_shared, known.dataset is null) as is_agreed
from standing
left join agreed
    on agreed.partner = standing.partner
    and agreed.dataset = standing.dataset
    and agreed.occurred_on = standing.occurred_on
left join (select distinct partner, dataset from {{ ref('int_agreements') }}) as known
    on known.partner = standing.partner and known.dataset = standing.dataset
