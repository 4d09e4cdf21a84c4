-- A country's old records were purged: their events' content is gone, their leaves stay in the log's tree.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    purge, own_country, until, own_reason, records, events, first_position, last_position, root, approvals
from {{ source('raw', 'log_purged') }}
