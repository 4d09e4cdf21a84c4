-- Calls and chats of a helpline in a period.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    line, period, language, violence_form, calls_offered, calls_answered, calls_abandoned, chats_offered,
    chats_answered, wait_seconds_p50, wait_seconds_p90
from {{ source('raw', 'helpline_tallied') }}
