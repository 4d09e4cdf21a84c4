-- One row a request to forget persons, or a purge of a country's old records, as the log states it: what they took away
-- nobody can count any more.
select event_id, position, cast(null as varchar) as country
from {{ current_facts('subject_forgotten') }} as forgotten

union all

select event_id, position, own_country as country
from {{ current_facts('log_purged') }} as purged
