-- What is missing in a country, for whom and how badly.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, own_country, programme, gap, title, instrument, requirement, dimension, kind, tier_from, tier_to,
    target_group, region, severity, status, found_on, evidence, measures
from {{ source('raw', 'framework_gapfound') }}
