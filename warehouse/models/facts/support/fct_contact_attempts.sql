-- One row an attempt to reach a person, as now stated.
select {{ about_person('attempted', 'attempted', tags='attempted.tags') }},
    attempted.channel,
    cast(attempted.attempt as bigint) as attempt,
    attempted.result
from {{ facts_of_known_persons('contact_attempted') }} as attempted
