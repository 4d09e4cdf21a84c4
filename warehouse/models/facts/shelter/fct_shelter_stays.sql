-- One row a stay in a shelter, as now stated, with its end: of a stay without a part the last that its record states.
with ends as (
    select
        started.position as start,
        ended.occurred_on,
        ended.length,
        ended.destination,
        row_number() over (
            partition by started.position order by ended.occurred_on desc, ended.position desc
        ) as newest_first
    from {{ person_facts('shelter_staystarted') }} as started
    inner join {{ person_facts('shelter_stayended') }} as ended
        on ended.stream = started.stream and (started.part = '' or ended.part = started.part)
)

select {{ about_person('started', 'started', tags='started.tags') }},
    ends.occurred_on as ended_on,
    ends.length,
    ends.destination,
    started.children_band,
    started.accommodation
from {{ facts_of_known_persons('shelter_staystarted', own=['victim_role', 'sex', 'age_band']) }} as started
left join ends on ends.start = started.position and ends.newest_first = 1
