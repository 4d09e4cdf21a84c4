-- One row what a programme held in a period, as now stated: sessions, and heads in multiples of five. Nobody is in it.
with held as (
    select activities.*, {{ period_start('period') }} as occurred_on
    from {{ current_facts('activity_held') }} as activities
    where programme is not null
)

select
    event_id,
    position,
    partner,
    country,
    programme,
    cast(substr(period, 1, 4) as integer) as year,
    coalesce(area, 'NR') as area,
    coalesce(language, 'und') as language,
    audience,
    kind,
    sessions,
    attendances,
    new_people,
    referrals_made,
    {{ is_agreed('held') }} as is_agreed
from held
