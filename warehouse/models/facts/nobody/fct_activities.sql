-- One row an activity, or several alike, in a period. Attendances are heads over sessions, and never people: who came
-- for the first time stands beside them.
select
    {{ said_by('held') }},
    {{ period_columns('held.period') }},
    held.kind,
    held.programme,
    held.region,
    held.area,
    held.language,
    held.audience,
    held.led_by,
    held.sessions,
    held.attendances,
    held.attendances_women,
    held.attendances_men,
    held.attendances_children,
    held.new_people,
    held.referrals_made
from {{ current_facts('activity_held') }} as held
