-- One row a case that was reported to the police, as its record tells it, and how far it came before police and courts:
-- each stage on the day of the report or after it. What nobody told the service is not reached.
with reports as (
    select
        *,
        row_number() over (partition by stream order by reached_on, position) as first_first
    from {{ ref('fct_justice_stages') }}
    where stage = 'REPORTED'
),

later as (
    select
        reports.event_id,
        bool_or(stages.stage in ('CHARGED', 'PROSECUTED', 'CONVICTED', 'ACQUITTED', 'SENTENCED')) as is_charged,
        bool_or(stages.stage in ('CONVICTED', 'SENTENCED')) as is_convicted,
        -- of several sentences in one case the hardest counts
        min(
            case stages.sentence
                when 'CUSTODIAL' then '1 CUSTODIAL'
                when 'SUSPENDED' then '2 SUSPENDED'
                when 'COMMUNITY' then '3 COMMUNITY'
                when 'FINE' then '4 FINE'
                when 'OTHER' then '5 OTHER'
                else '6 ' || coalesce(stages.sentence, 'NR')
            end
        ) filter (where stages.stage in ('CONVICTED', 'SENTENCED')) as hardest
    from reports
    inner join {{ ref('fct_justice_stages') }} as stages
        on stages.stream = reports.stream and stages.reached_on >= reports.reached_on
    where reports.first_first = 1
    group by reports.event_id
)

select
    reports.event_id,
    reports.position,
    reports.stream,
    reports.partner,
    reports.country,
    reports.subject,
    reports.sex,
    reports.age_group,
    reports.region,
    reports.offence,
    reports.relationship,
    reports.context,
    reports.perpetrator_sex,
    reports.reached_on as reported_on,
    reports.reached_precision as reported_precision,
    reports.year,
    reports.quarter,
    reports.is_agreed,
    later.is_charged,
    later.is_convicted,
    coalesce(substr(later.hardest, 3), 'NA') as sentence
from reports
inner join later on later.event_id = reports.event_id
