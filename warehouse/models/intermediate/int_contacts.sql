-- One row a contact held, as now stated, with the dimensions of the cube.
-- Not of whom a no to reporting holds on that day; of whom a no to linkage holds, as of somebody only this partner knows.
select
    event_id,
    position,
    stream,
    part,
    partner,
    country,
    {{ person_of('held') }} as subject,
    occurred_on,
    {{ quarter_of('occurred_on') }} as quarter,
    occurred_precision <> 'Y' as quarter_known,
    {{ region_leaf('region', 'country') }} as region,
    {{ violence_context('offence', 'violence_forms', 'relationship', 'cohabiting') }} as context,
    {{ sex_leaf('sex') }} as sex,
    {{ age_band_leaf('age_band') }} as age_band,
    channel,
    {{ is_agreed('held') }} as is_agreed
from {{ current_facts('contact_held') }} as held
where {{ may_be_reported('held') }}
