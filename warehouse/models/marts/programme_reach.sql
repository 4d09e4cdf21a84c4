-- Only additive figures: people who came for the first time, apart from heads, and never made of them.
select
    partner, country, programme, area, audience, year,
    cast(sum(sessions) as bigint) as sessions,
    cast(sum(attendances) as bigint) as attendances,
    cast(sum(new_people) as bigint) as new_people,
    cast(coalesce(sum(sessions) filter (where new_people is null), 0) as bigint) as sessions_not_counted,
    cast(sum(referrals_made) as bigint) as referrals_made
from {{ ref('int_programme_activities') }}
where is_agreed
group by partner, country, programme, area, audience, year
