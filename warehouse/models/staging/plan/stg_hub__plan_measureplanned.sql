-- A measure of a plan: who leads, from when to when. A moved due date is a new row.
select
    position, event_id, stream, version, part, corrects, reason, partner, country, dataset, known_month, subject,
    plan, basis, objective, measure, title, kind, lead_body, starts_on, due_on, due_confirmed, budget_eur
from {{ source('raw', 'plan_measureplanned') }}
