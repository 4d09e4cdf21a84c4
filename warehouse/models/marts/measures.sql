-- The rating that is computed stands beside the one that the lead body gives itself. First rule that fits.
with rated as (
    select
        *,
        case
            when self_status in ('CANCELLED', 'SUPERSEDED') then 'GREY/' || self_status
            when is_complete and is_verified then 'BLUE/VERIFIED'
            when not is_reported and as_of < starts_on then 'GREY/NOT_STARTED'
            when not is_reported then 'GREY/NO_REPORT'
            when overdue_days > 0 then 'RED/OVERDUE'
            when not is_complete and progress_pct < planned_pct - 25 then 'RED/BEHIND_PLAN'
            when on_path < 0.6 then 'RED/OFF_PATH'
            when not is_complete and progress_pct < planned_pct - 10 then 'AMBER/BEHIND_PLAN'
            when not is_complete and due_on - as_of <= 60 and coalesce(progress_pct, 0) < 75 then 'AMBER/DUE_SOON'
            when on_path < 0.9 then 'AMBER/OFF_PATH'
            when is_complete then 'GREEN/UNVERIFIED'
            -- a report that says nothing measurable is not good news; a continuous measure has its indicators only
            when on_path is null and (due_on is null or progress_pct is null) then 'GREY/NOT_MEASURED'
            else 'GREEN/ON_TRACK'
        end as rating
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
