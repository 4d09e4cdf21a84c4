-- One row a reason to assess again (Directive 2012/29/EU art. 22(7)) after an assessment: an offence told of, a measure
-- breached, or what a review itself gives as its reason; and the day on which the person was assessed anew.
-- What a review names, and an offence or breach before it has already said, is one reason and stands once.
with days as (
    select partner, subject, occurred_on, position, 'ASSESSED' as what
    from {{ person_facts('assessment_completed') }} as completed

    union all

    select partner, subject, occurred_on, position, 'REVIEWED' as what
    from {{ person_facts('assessment_reviewed') }} as reviewed

    union all

    select partner, subject, occurred_on, position, 'NEW_OFFENCE' as what
    from {{ person_facts('offence_disclosed') }} as disclosed

    union all

    select partner, subject, occurred_on, position, 'MEASURE_BREACHED' as what
    from {{ person_facts('protection_breached') }} as breached
),

placed as (
    select
        *,
        min(case when what in ('ASSESSED', 'REVIEWED') then occurred_on end) over (
            partition by partner, subject order by occurred_on
            range between current row and unbounded following
        ) as assessed_next_on,
        min(case when what = 'ASSESSED' then occurred_on end) over (partition by partner, subject) as assessed_first_on
    from days
),

happened as (
    select partner, subject, position, what as trigger, occurred_on, assessed_next_on
    from placed
    where what in ('NEW_OFFENCE', 'MEASURE_BREACHED') and occurred_on > assessed_first_on
),

triggers as (
    select position, trigger, assessed_next_on as reviewed_on
    from happened

    union all

    select reviewed.position, reviewed.trigger, reviewed.reviewed_on
    from {{ ref('int_reviews') }} as reviewed
    where reviewed.trigger in ('NEW_OFFENCE', 'SEPARATION', 'MEASURE_BREACHED', 'NEW_FACTS', 'REQUEST', 'OTHER')
        and not exists (
            select 1
            from happened
            where happened.partner = reviewed.partner
                and happened.subject = reviewed.subject
                and happened.trigger = reviewed.trigger
                and happened.assessed_next_on = reviewed.reviewed_on
        )
),

stated as (
    {% set shared = 'event_id, position, stream, part, partner, country, dataset, person, is_agreed, occurred_on, '
        ~ 'occurred_precision, victim_role, sex, age_band, nationality_group, region, offence, violence_forms, '
        ~ 'relationship, cohabiting, tags' %}
    select {{ shared }} from {{ person_facts('offence_disclosed') }} as disclosed

    union all

    select {{ shared }} from {{ facts_of_known_persons('protection_breached') }} as breached

    union all

    select {{ shared }} from {{ facts_of_known_persons('assessment_reviewed') }} as reviewed
)

select {{ about_person('stated', 'triggered', tags='stated.tags') }}, triggers.trigger, triggers.reviewed_on
from triggers
inner join stated on stated.position = triggers.position
