-- One row a case opened, as now stated, with its last closing and reopening, and the first day on which what it is
-- measured by happened: from the day of opening, and not after the closing of a case that is closed.
{% set measured = {
    'protection_assessed_on': 'PROTECTION_ASSESSED', 'support_assessed_on': 'SUPPORT_ASSESSED',
    'risk_assessed_on': 'RISK_ASSESSED', 'informed_on': 'INFORMED', 'measure_granted_on': 'MEASURE_GRANTED',
    'specialist_engaged_on': 'SPECIALIST_ENGAGED',
} %}

with opened as (
    select * from {{ person_facts('case_opened') }} as opened
),

closings as (
    select
        stream,
        occurred_on as closed_on,
        occurred_precision as closed_precision,
        own_reason as closure,
        needs_met,
        row_number() over (partition by stream order by occurred_on desc, version desc) as latest_first
    from {{ person_facts('case_closed') }} as closed
),

reopenings as (
    select stream, max(occurred_on) as reopened_on
    from {{ person_facts('case_reopened') }} as reopened
    group by stream
),

days as (
    select position, partner, subject, occurred_on, 'OPENED' as what from opened

    union all

    select null as position, partner, subject, occurred_on, what from {{ ref('int_case_days') }}
),

onwards as (
    select
        position,
        {% for column, what in measured.items() %}
        min(case when what = '{{ what }}' then occurred_on end) over from_here as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from days
    window from_here as (
        partition by partner, subject order by occurred_on range between current row and unbounded following
    )
),

cases as (
    select
        opened.*,
        closings.closed_on,
        closings.closed_precision,
        closings.closure,
        closings.needs_met,
        reopenings.reopened_on,
        closings.closed_on is null or coalesce(reopenings.reopened_on > closings.closed_on, false) as is_open
    from opened
    left join closings on closings.stream = opened.stream and closings.latest_first = 1
    left join reopenings on reopenings.stream = opened.stream
),

-- what the newest assessment of protection needs found, or its review, within the case
protections as (
    select partner, subject, occurred_on, position, specific_needs
    from {{ person_facts('assessment_completed') }} as completed
    where kind = 'PROTECTION'

    union all

    select partner, subject, reviewed_on as occurred_on, position, specific_needs
    from {{ ref('int_reviews') }}
    where kind = 'PROTECTION'
),

found as (
    select
        cases.position,
        {{ newest('protections.specific_needs', at('protections.occurred_on', 'protections.position')) }}
            as specific_needs
    from cases
    inner join protections
        on protections.partner = cases.partner
        and protections.subject = cases.subject
        and protections.occurred_on >= cases.occurred_on
        and (cases.is_open or protections.occurred_on <= cases.closed_on)
    group by cases.position
)

select {{ about_person('cases', 'opened') }},
    cases.entry_source,
    cases.tier,
    cases.closed_on,
    cases.closure,
    cases.needs_met,
    cases.reopened_on,
    cases.is_open,
    case
        when not cases.is_open and cases.occurred_precision = 'D' and cases.closed_precision = 'D'
            then cast(cases.closed_on - cases.occurred_on as bigint)
    end as days_open,
    {% for column in measured %}
    case when cases.is_open or onwards.{{ column }} <= cases.closed_on then onwards.{{ column }} end as {{ column }},
    {% endfor %}
    found.specific_needs
from cases
inner join onwards on onwards.position = cases.position
left join found on found.position = cases.position
