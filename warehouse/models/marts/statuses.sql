select plan, measure, period, reported_on, status, progress_pct, rag_self, spent_eur, obstacle, basis
from {{ ref('int_statuses') }}
