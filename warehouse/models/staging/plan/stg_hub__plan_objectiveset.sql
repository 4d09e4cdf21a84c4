-- What a pillar is to achieve.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, pillar, objective, title
from {{ source('raw', 'plan_objectiveset') }}
