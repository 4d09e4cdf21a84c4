-- A dated step of a measure.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, measure, milestone, title, due_on, weight
from {{ source('raw', 'plan_milestoneplanned') }}
