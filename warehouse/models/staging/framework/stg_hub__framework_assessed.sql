-- How far a country meets one requirement, for one group.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    own_country, basis, programme, instrument, requirement, dimension, target_group, status, level, assessed_on,
    valid_from, evidence, gap
from {{ source('raw', 'framework_assessed') }}
