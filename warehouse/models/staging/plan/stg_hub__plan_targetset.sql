-- An indicator of a measure: where it stands, where it shall be, and when.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, measure, indicator, kind, unit, direction, baseline_value, baseline_period, target_value,
    target_period
from {{ source('raw', 'plan_targetset') }}
