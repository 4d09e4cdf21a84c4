-- A pillar of a plan.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, pillar, title, istanbul_pillar
from {{ source('raw', 'plan_pillarset') }}
