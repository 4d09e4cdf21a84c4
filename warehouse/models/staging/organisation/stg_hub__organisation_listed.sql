-- A directory has an organisation.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    organisation, organisation_kind, parent
from {{ source('raw', 'organisation_listed') }}
