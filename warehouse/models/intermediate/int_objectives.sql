-- One row an objective of a pillar, as now stated.
select plan, pillar, objective, title, basis
from {{ current_facts('plan_objectiveset') }} as objectives
