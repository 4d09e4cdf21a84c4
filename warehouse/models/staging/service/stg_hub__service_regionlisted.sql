-- A service is given in a region, or for those who live there.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    service_id, reach, district, organisation_kind, services
from {{ source('raw', 'service_regionlisted') }}
