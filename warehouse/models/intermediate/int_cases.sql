-- One row a case opened, as now stated, with its last closing and reopening.
-- Nothing of a day on which a no to reporting holds.
with closings as (
    select
        stream,
        occurred_on as closed_on,
        needs_met,
        row_number() over (partition by stream order by occurred_on desc, version desc) as latest_first
    from {{ current_facts('case_closed') }} as closed
    where {{ may_be_reported('closed') }}
),

reopenings as (
    select stream, max(occurred_on) as reopened_on
    from {{ current_facts('case_reopened') }} as reopened
    where {{ may_be_reported('reopened') }}
    group by stream
)

select
    opened.event_id,
    opened.position,
    opened.stream,
    opened.part,
    opened.partner,
    opened.country,
    {{ person_of('opened') }} as subject,
    opened.occurred_on as opened_on,
    closings.closed_on,
    reopenings.reopened_on,
    closings.closed_on is null or coalesce(reopenings.reopened_on > closings.closed_on, false) as is_open,
    {{ quarter_of('opened.occurred_on') }} as quarter,
    opened.occurred_precision <> 'Y' as quarter_known,
    {{ region_leaf('opened.region', 'opened.country') }} as region,
    {{ violence_context('opened.offence', 'opened.violence_forms', 'opened.relationship', 'opened.cohabiting') }}
        as context,
    {{ sex_leaf('opened.sex') }} as sex,
    {{ age_band_leaf('opened.age_band') }} as age_band,
    opened.entry_source,
    opened.tier,
    closings.needs_met
from {{ current_facts('case_opened') }} as opened
left join closings on closings.stream = opened.stream and closings.latest_first = 1
left join reopenings on reopenings.stream = opened.stream
where {{ may_be_reported('opened') }}
