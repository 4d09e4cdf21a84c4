-- One row a partner and subject: what the partner last said of the person, where it said something.
-- Who she is comes field by field. The offence comes whole, from the newest record that names an act, or else a
-- relationship: the act of one record and the offender of another are no offence that anybody told of.
{{ config(materialized='table') }}
{% set who = ['victim_role', 'sex', 'age_band', 'nationality_group'] %}
{% set told = ['offence', 'violence_forms', 'relationship', 'cohabiting'] %}

with said as (
    {% for event in ['referral_sent', 'case_opened', 'contact_held', 'assessment_completed', 'assessment_refused',
        'offence_disclosed', 'protection_requested', 'service_delivered', 'justice_stagerecorded'] %}
    select
        partner, country, subject, occurred_on, position, {{ (who + told) | join(', ') }}, region,
        {{ 'tags' if event == 'offence_disclosed' else 'cast(array[] as text[]) as tags' }}
    from {{ person_facts(event) }} as {{ event }}

    union all

    {% endfor %}
    {% for event in ['shelter_requestrecorded', 'shelter_staystarted'] %}
    select
        partner, country, subject, occurred_on, position, victim_role, sex, age_band, null as nationality_group,
        null as offence, null as violence_forms, null as relationship, null as cohabiting, null as region, null as tags
    from {{ person_facts(event) }} as {{ event }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

placed as (
    select
        *,
        {{ at('occurred_on', 'position') }} as said_at,
        case
            when {{ is_known('offence') }} or coalesce(array_length(violence_forms, 1), 0) > 0 then '2'
            when {{ is_known('relationship') }} then '1'
            else '0'
        end as tells
    from said
),

persons as (
    select
        partner,
        subject,
        max(country) as country,
        {% for field in who %}
        {{ newest_known(field, 'said_at') }} as {{ field }},
        {% endfor %}
        {{ newest('region', 'said_at') }} as region,
        cast(substr(max(tells || said_at), 12) as bigint) as told_at
    from placed
    group by partner, subject
)

select
    persons.partner,
    persons.subject,
    persons.country,
    {% for field in who %}
    coalesce(persons.{{ field }}, 'NR') as {{ field }},
    {% endfor %}
    persons.region,
    coalesce(placed.offence, 'NR') as offence,
    coalesce(placed.violence_forms, cast(array[] as text[])) as violence_forms,
    coalesce(placed.relationship, 'NR') as relationship,
    coalesce(placed.cohabiting, 'NR') as cohabiting,
    coalesce(placed.tags, cast(array[] as text[])) as tags
from persons
inner join placed on placed.position = persons.told_at
