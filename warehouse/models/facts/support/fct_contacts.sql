-- One row a contact held, as now stated. The counting unit is the contact, never the person.
select {{ about_person('held', 'held') }}, held.channel, held.source, held.services, held.duration_band
from {{ person_facts('contact_held') }} as held
