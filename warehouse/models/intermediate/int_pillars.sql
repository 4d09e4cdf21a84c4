-- One row a pillar of a plan, as now stated.
select plan, pillar, title, istanbul_pillar, basis
from {{ current_facts('plan_pillarset') }} as pillars
