-- One row a decision about a measure or a breach of it, and the request that it belongs to: of its record and measure
-- the last before it, or else the first. Without a request in the record it belongs to none.
with happened as (
    select position, stream, measure, occurred_on, outcome, decided_by, in_force_until
    from {{ person_facts('protection_decided') }} as decided

    union all

    select position, stream, measure, occurred_on, 'BREACHED' as outcome, null as decided_by, null as in_force_until
    from {{ person_facts('protection_breached') }} as breached
),

matched as (
    select
        happened.*,
        requested.position as request,
        row_number() over (
            partition by happened.position
            order by
                case when requested.occurred_on <= happened.occurred_on then requested.occurred_on end desc nulls last,
                requested.occurred_on,
                requested.position desc
        ) as nearest_first
    from happened
    left join {{ person_facts('protection_requested') }} as requested
        on requested.stream = happened.stream and requested.measure = happened.measure
)

select position, stream, measure, occurred_on, outcome, decided_by, in_force_until, request
from matched
where nearest_first = 1
