-- A value of a measure's indicator for a period.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, measure, indicator, period, value
from {{ source('raw', 'plan_targetmeasured') }}
