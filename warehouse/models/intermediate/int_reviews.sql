-- One row a review, and the assessment that it takes the place of: of its record and kind the last before it, or else
-- the only thing that the record says.
with assessments as (
    select event_id, stream, kind, occurred_on, position
    from {{ person_facts('assessment_completed') }} as completed

    union all

    select event_id, stream, kind, occurred_on, position
    from {{ person_facts('assessment_refused') }} as refused
),

matched as (
    select
        reviewed.event_id,
        reviewed.position,
        reviewed.partner,
        reviewed.subject,
        reviewed.occurred_on as reviewed_on,
        reviewed.occurred_precision as reviewed_precision,
        reviewed.kind,
        reviewed.trigger,
        reviewed.specific_needs,
        assessments.event_id as assessment,
        row_number() over (
            partition by reviewed.position
            order by
                case when assessments.occurred_on <= reviewed.occurred_on then 0 else 1 end,
                assessments.occurred_on desc,
                assessments.position desc
        ) as nearest_first
    from {{ person_facts('assessment_reviewed') }} as reviewed
    left join assessments on assessments.stream = reviewed.stream and assessments.kind = reviewed.kind
)

select
    event_id, position, partner, subject, reviewed_on, reviewed_precision, kind, trigger, specific_needs, assessment
from matched
where nearest_first = 1
