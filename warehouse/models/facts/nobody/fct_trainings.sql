-- One row a training of one profession. Who took two trainings is counted in both: participants are no headcount.
select
    {{ said_by('held') }},
    {{ year_of('held.held_on') }} as year,
    {{ quarter_of('held.held_on') }} as quarter,
    held.held_on,
    held.programme,
    held.pillar,
    held.region,
    held.language,
    held.profession,
    held.level,
    held.mandatory,
    held.hours,
    held.participants,
    held.participants_women,
    held.participants_men,
    held.score_before,
    held.score_after,
    held.score_after - held.score_before as score_change
from {{ current_facts('training_held') }} as held
