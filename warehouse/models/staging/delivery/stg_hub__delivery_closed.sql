-- How many records a partner states for a dataset and a period: what tells zero from silence.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    own_dataset, period, complete, records
from {{ source('raw', 'delivery_closed') }}
