select plan, pillar, objective, title
from {{ current_facts('plan_objectiveset') }} as objectives
