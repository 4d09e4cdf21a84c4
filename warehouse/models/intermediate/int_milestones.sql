-- One row a milestone, as now stated, with the day it was first due and the evidence that it was reached.
with first_statements as (
    select
        plan,
        measure,
        milestone,
        due_on as first_due_on,
        row_number() over (partition by plan, measure, milestone order by position) as stated
    from {{ known_facts('plan_milestoneplanned') }} as facts
)

select
    planned.plan,
    planned.measure,
    planned.milestone,
    planned.title,
    planned.due_on,
    first_statements.first_due_on,
    planned.weight,
    reached.done_on,
    reached.evidence,
    reached.verified_by,
    -- a made-up report does not become a fact by what it is about
    case when reached.basis = 'ILLUSTRATIVE' then reached.basis else planned.basis end as basis,
    -- seen by somebody else than the body that did it
    coalesce(reached.done_on is not null and reached.verified_by <> measures.lead_body, false) as is_verified
from {{ current_facts('plan_milestoneplanned') }} as planned
left join first_statements
    on first_statements.plan = planned.plan and first_statements.measure = planned.measure
        and first_statements.milestone = planned.milestone and first_statements.stated = 1
left join {{ current_facts('plan_milestonereached') }} as reached
    on reached.plan = planned.plan and reached.measure = planned.measure and reached.milestone = planned.milestone
left join {{ current_facts('plan_measureplanned') }} as measures
    on measures.plan = planned.plan and measures.measure = planned.measure
