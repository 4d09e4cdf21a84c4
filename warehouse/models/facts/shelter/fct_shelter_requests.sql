-- One row a request for shelter, as now stated, and what came of it. A refusal is a fact as an admission is.
select {{ about_person('requested', 'requested', tags='requested.tags') }},
    requested.outcome,
    requested.own_reason as reason,
    cast(requested.waited_days as bigint) as waited_days,
    requested.children_band,
    requested.accommodation,
    requested.source
from {{ facts_of_known_persons('shelter_requestrecorded', own=['victim_role', 'sex', 'age_band']) }} as requested
