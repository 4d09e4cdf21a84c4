-- One row a plan or programme in force, as now stated.
select plan, programme, own_country as country, level, title, language, adopted_on, starts_on, ends_on, basis
from {{ current_facts('plan_adopted') }} as adopted
