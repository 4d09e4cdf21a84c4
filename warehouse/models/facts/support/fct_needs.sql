-- One row a need of a record: when it was found, how far it is met now, and how far when the case was closed: on the
-- first day, from that on which it was found, on which this partner closed a case of the person.
with changes as (
    select *, {{ at('occurred_on', 'position') }} as said_at
    from {{ facts_of_known_persons('need_statuschanged') }} as changed
),

found as (
    select
        *,
        row_number() over (partition by stream, need order by occurred_on, position) as first_first
    from changes
),

days as (
    select position, partner, subject, occurred_on, 'FOUND' as what
    from found
    where first_first = 1

    union all

    select position, partner, subject, occurred_on, 'CLOSED' as what
    from {{ person_facts('case_closed') }} as closed
),

closings as (
    select
        position,
        what,
        min(case when what = 'CLOSED' then occurred_on end) over (
            partition by partner, subject order by occurred_on
            range between current row and unbounded following
        ) as closed_on
    from days
),

needs as (
    select found.*, closings.closed_on
    from found
    inner join closings on closings.position = found.position and closings.what = 'FOUND'
    where found.first_first = 1
),

histories as (
    select
        needs.position,
        {{ newest('changes.status', 'changes.said_at') }} as status,
        substr(max(
            case when changes.occurred_on <= needs.closed_on then changes.said_at || changes.status end
        ), 31) as status_at_closure,
        {{ newest_known('changes.priority', 'changes.said_at') }} as priority,
        {{ newest_known('changes.met_by', 'changes.said_at') }} as met_by
    from needs
    inner join changes on changes.stream = needs.stream and changes.need = needs.need
    group by needs.position
)

select {{ about_person('needs', 'found', tags='needs.tags') }},
    needs.need,
    histories.status,
    histories.status_at_closure,
    histories.priority,
    histories.met_by
from needs
inner join histories on histories.position = needs.position
