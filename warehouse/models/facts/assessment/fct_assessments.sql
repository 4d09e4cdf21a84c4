-- One row an assessment that was completed or refused, as now stated, with the last review that took its place.
with reviews as (
    select
        assessment,
        reviewed_on,
        trigger,
        row_number() over (partition by assessment order by reviewed_on desc, position desc) as newest_first
    from {{ ref('int_reviews') }}
    where assessment is not null
),

assessed as (
    select
        event_id, position, stream, part, partner, country, dataset, person, is_agreed, occurred_on,
        occurred_precision, victim_role, sex, age_band, nationality_group, region, offence, violence_forms,
        relationship, cohabiting, kind, instrument, instrument_version, stage, extent, false as is_refused,
        result_level, specific_needs, needs, assessor, victim_involved
    from {{ person_facts('assessment_completed') }} as completed

    union all

    select
        event_id, position, stream, part, partner, country, dataset, person, is_agreed, occurred_on,
        occurred_precision, victim_role, sex, age_band, nationality_group, region, offence, violence_forms,
        relationship, cohabiting, kind, instrument, null as instrument_version, stage, null as extent,
        true as is_refused, 'NA' as result_level, 'NA' as specific_needs, cast(array[] as text[]) as needs,
        'NR' as assessor, 'NA' as victim_involved
    from {{ person_facts('assessment_refused') }} as refused
)

select {{ about_person('assessed', 'assessed') }},
    assessed.kind,
    assessed.instrument,
    cast(assessed.instrument_version as bigint) as instrument_version,
    assessed.stage,
    assessed.extent,
    assessed.is_refused,
    assessed.result_level,
    assessed.specific_needs,
    assessed.needs,
    assessed.assessor,
    assessed.victim_involved,
    reviews.reviewed_on,
    reviews.trigger as review_trigger
from assessed
left join reviews on reviews.assessment = assessed.event_id and reviews.newest_first = 1
