-- The basis fell away: nothing of the country is linked from here on.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    own_country, ended_on
from {{ source('raw', 'linkage_ended') }}
