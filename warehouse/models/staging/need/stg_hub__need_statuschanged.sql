-- A need was found, is worked on, met, not met, or not wanted.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    occurred_on, occurred_precision, recorded_on, need, before, status, priority, met_by
from {{ source('raw', 'need_statuschanged') }}
