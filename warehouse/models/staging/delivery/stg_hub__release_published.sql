-- A closed period was protected, signed and frozen.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    release, period, own_position, digest
from {{ source('raw', 'release_published') }}
