-- The rating that is computed stands beside the one that the lead body gives itself. First rule that fits.
with rated as (
    select
        *,
        {{ rating() }} as rating
    from {{ ref('int_measures') }}
)

select
    plan,
    country,
    pillar,
    objective,
    measure,
    title,
    kind,
    lead_body,
    starts_on,
    due_on,
    first_due_on,
    due_moves,
    days_slipped,
    budget_eur,
    basis,
    self_status,
    rag_self,
    reported_period,
    reported_on,
    progress_pct,
    planned_pct,
    on_path,
    open_milestones,
    overdue_days,
    split_part(rating, '/', 1) as rag_computed,
    split_part(rating, '/', 2) as rag_reason,
    reported_basis
from rated
