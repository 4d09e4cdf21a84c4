-- What the lead body itself says about its measure.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, measure, period, reported_on, status, progress_pct, rag_self, spent_eur, obstacle
from {{ source('raw', 'plan_statusreported') }}
