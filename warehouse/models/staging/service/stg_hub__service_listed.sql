-- A directory has a service, and describes it so.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    service_id, organisation, organisation_kind, tier, services, region, area, languages, interpreters, admits,
    minimum_age, maximum_age, status, assured_on
from {{ source('raw', 'service_listed') }}
