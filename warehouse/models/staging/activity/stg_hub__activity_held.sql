-- Activities of a programme in a period: heads, not people.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    kind, period, programme, region, area, language, audience, led_by, sessions, attendances, attendances_women,
    attendances_men, attendances_children, new_people, referrals_made
from {{ source('raw', 'activity_held') }}
