-- An organisation takes part in a programme.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, programme, organisation, title, own_country, organisation_kind, role, source
from {{ source('raw', 'programme_partnerjoined') }}
