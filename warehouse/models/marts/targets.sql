select
    plan, measure, indicator, kind, unit, direction, baseline_value, baseline_period, target_value, target_period,
    last_value, last_period, on_path, basis, last_basis
from {{ ref('int_targets') }}
