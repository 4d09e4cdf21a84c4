-- One row a report of a lead body on its measure and a period, as now stated.
select plan, measure, period, reported_on, status, progress_pct, rag_self, spent_eur, obstacle, basis
from {{ current_facts('plan_statusreported') }} as statuses
