-- What became of figures after their quarter was closed. A closed figure does not move: it is what was known when its
-- quarter was released. What is known now stands beside it, and each record that makes the difference has one reason.
-- Exact and never published: it stays in the enclave, as the cubes do.
{{ config(schema='marts') }}
{% set figures = {
    'referral_sent': 'REFERRAL', 'case_opened': 'CASE', 'contact_held': 'CONTACT', 'service_delivered': 'SERVICE_ACT',
    'offence_disclosed': 'OFFENCE', 'assessment_completed': 'ASSESSMENT', 'protection_requested': 'MEASURE',
    'shelter_requestrecorded': 'SHELTER_REQUEST', 'shelter_staystarted': 'SHELTER_STAY',
    'justice_stagerecorded': 'JUSTICE_STAGE',
} %}

with spans as (
    select
        spans.*,
        case when spans.occurred_precision <> 'Y' then {{ quarter_of('spans.occurred_on') }} end as quarter,
        withheld.position is not null as is_withheld_now
    from {{ ref('int_statement_spans') }} as spans
    left join {{ ref('int_withheld') }} as withheld
        on withheld.position = spans.position and withheld.moment = 'NOW'
    where spans.event in ('{{ figures | join("', '") }}')
),

-- every fact that was in a quarter when that was closed, or is in it now
touched as (
    select closings.quarter, closings.closed_at, spans.event, spans.stream, spans.part, spans.country
    from {{ ref('int_closings') }} as closings
    inner join spans on spans.quarter = closings.quarter
    where spans.known_until is null or {{ stood('spans', 'closings.closed_at') }}
    group by 1, 2, 3, 4, 5, 6
),

compared as (
    select
        touched.quarter,
        touched.event,
        touched.country,
        closed.position is not null as stood_then,
        coalesce(closed.quarter = touched.quarter, false) and withheld.position is null as counted_then,
        withheld.position is not null as withheld_then,
        present.position is not null as stands_now,
        coalesce(present.quarter = touched.quarter and not present.is_withheld_now, false) as counted_now,
        coalesce(present.is_withheld_now, false) as withheld_now,
        present.position is distinct from closed.position as is_restated
    from touched
    left join spans as closed
        on closed.event = touched.event
        and closed.stream = touched.stream
        and closed.part = touched.part
        and {{ stood('closed', 'touched.closed_at') }}
    left join {{ ref('int_withheld') }} as withheld
        on withheld.position = closed.position and withheld.moment = touched.quarter
    left join spans as present
        on present.event = touched.event
        and present.stream = touched.stream
        and present.part = touched.part
        and present.known_until is null
),

judged as (
    select
        quarter,
        event,
        country,
        counted_then,
        counted_now,
        case
            when counted_then and counted_now then case when is_restated then 'RESTATED' end
            when counted_now and not stood_then then 'LATE'
            when counted_now and withheld_then or counted_then and withheld_now then 'CONSENT'
            when counted_now or counted_then and stands_now then 'CORRECTED'
            when counted_then then 'RETRACTED'
        end as reason
    from compared
),

counted as (
    select
        country,
        quarter,
        event,
        count(*) filter (where counted_then) as closed_value,
        count(*) filter (where counted_now) as known_value,
        count(*) filter (where reason = 'LATE') as late,
        count(*) filter (where reason = 'CORRECTED' and counted_now) as corrected_in,
        count(*) filter (where reason = 'CORRECTED' and counted_then) as corrected_out,
        count(*) filter (where reason = 'RETRACTED') as retracted,
        count(*) filter (where reason = 'CONSENT' and counted_now) as consent_given,
        count(*) filter (where reason = 'CONSENT' and counted_then) as consent_withdrawn,
        count(*) filter (where reason = 'RESTATED') as restated
    from judged
    group by country, quarter, event
)

select
    counted.country,
    counted.quarter,
    case counted.event {% for event, unit in figures.items() %}when '{{ event }}' then '{{ unit }}' {% endfor %}end
        as counting_unit,
    closings.release,
    closings.closed_at,
    counted.closed_value,
    counted.late,
    counted.corrected_in,
    counted.corrected_out,
    counted.retracted,
    counted.consent_given,
    counted.consent_withdrawn,
    counted.known_value,
    counted.restated,
    (
        select count(*)
        from {{ ref('int_erasures') }} as gone
        where gone.position > closings.closed_at and coalesce(gone.country, counted.country) = counted.country
    ) as erasures_since
from counted
inner join {{ ref('int_closings') }} as closings on closings.quarter = counted.quarter
