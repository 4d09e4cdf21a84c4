-- A step of a measure is done.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, measure, milestone, done_on, evidence, verified_by
from {{ source('raw', 'plan_milestonereached') }}
