-- A place in which a programme works.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, programme, own_country, area, title, kind, role, region, source
from {{ source('raw', 'programme_placeincluded') }}
