-- One row a gap in a country, as now stated.
select
    plan, programme, own_country as country, gap, title, instrument, requirement, dimension, kind, tier_from, tier_to,
    target_group, region, severity, status, found_on, evidence, basis
from {{ current_facts('framework_gapfound') }} as stated
