-- One row a measure that answers a recommendation or is to close a gap, as now stated.
select distinct plan, 'RECOMMENDATION' as answers, recommendation as part, unnest(measures) as measure
from {{ current_facts('framework_recommended') }} as recommended

union all

select distinct plan, 'GAP' as answers, gap as part, unnest(measures) as measure
from {{ current_facts('framework_gapfound') }} as found
