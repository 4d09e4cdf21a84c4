-- What an organisation says of itself in one dimension.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    organisation, organisation_kind, programme, instrument, instrument_version, dimension, score, assessed_on, evidence
from {{ source('raw', 'organisation_selfassessed') }}
