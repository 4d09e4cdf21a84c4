-- One row a measure that was asked for, as now stated: the first yes and no, the newest term, and the breaches.
with decisions as (
    select
        request,
        min(occurred_on) filter (where outcome = 'GRANTED') as granted_on,
        min(occurred_on) filter (where outcome = 'REFUSED') as refused_on,
        min(occurred_on) filter (where outcome = 'BREACHED') as breached_on,
        count(*) filter (where outcome = 'BREACHED') as breaches
    from {{ ref('int_protection_decisions') }}
    group by request
),

firsts as (
    select
        request,
        occurred_on as decided_on,
        decided_by,
        row_number() over (partition by request order by occurred_on, position) as first_first
    from {{ ref('int_protection_decisions') }}
    where outcome in ('GRANTED', 'REFUSED')
),

terms as (
    select
        request,
        in_force_until,
        row_number() over (partition by request order by occurred_on desc, position desc) as newest_first
    from {{ ref('int_protection_decisions') }}
    where outcome in ('GRANTED', 'VARIED') and in_force_until is not null
)

select {{ about_person('requested', 'requested') }},
    requested.measure,
    requested.legal_basis,
    requested.requested_by,
    decisions.granted_on,
    decisions.refused_on,
    firsts.decided_on,
    firsts.decided_by,
    terms.in_force_until,
    decisions.breached_on,
    cast(coalesce(decisions.breaches, 0) as bigint) as breaches
from {{ person_facts('protection_requested') }} as requested
left join decisions on decisions.request = requested.position
left join firsts on firsts.request = requested.position and firsts.first_first = 1
left join terms on terms.request = requested.position and terms.newest_first = 1
