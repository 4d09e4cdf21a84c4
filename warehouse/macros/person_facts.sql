{#- Facts about a person, as they now stand and may be counted, and the columns that every fact table of them has. -#}

{#-
  The event's fields, and beside them `person` (the subject as one person only as far as linkage goes) and `is_agreed`.
  Within one partner facts of a person are joined by partner and subject: there she is one person always.
-#}
{% macro person_facts(event) -%}
(
    select facts.*, standing.person, standing.is_agreed
    from {{ ref('stg_hub__' ~ event) }} as facts
    inner join {{ ref('int_standing_facts') }} as standing
        on standing.position = facts.position and standing.event = '{{ event }}'
)
{%- endmacro %}

{#- The same of an event that lacks fields of the victim: they are those of the person, as this partner knows her. -#}
{% macro facts_of_known_persons(event, own=[]) -%}
{%- set unknown = "'NR'" -%}
(
    select
        facts.*,
        {% for field in ['victim_role', 'sex', 'age_band', 'nationality_group', 'offence', 'relationship', 'cohabiting']
            if field not in own -%}
        coalesce(persons.{{ field }}, {{ unknown }}) as {{ field }},
        {% endfor -%}
        persons.region,
        persons.violence_forms,
        persons.tags
    from {{ person_facts(event) }} as facts
    left join {{ ref('int_persons') }} as persons
        on persons.partner = facts.partner and persons.subject = facts.subject
)
{%- endmacro %}

{#- The first columns of every fact about a person; `verb` names its date. A year alone has no quarter. -#}
{% macro about_person(fact, verb, tags=none) -%}
{%- set told = [fact ~ '.offence', fact ~ '.violence_forms', fact ~ '.relationship', fact ~ '.cohabiting'] -%}
{{ fact }}.event_id,
    {{ fact }}.position,
    {{ fact }}.stream,
    {{ fact }}.part,
    {{ fact }}.partner,
    {{ fact }}.country,
    {{ fact }}.dataset,
    {{ fact }}.person as subject,
    {{ fact }}.victim_role,
    {{ fact }}.sex,
    {{ fact }}.age_band,
    {{ age_group(fact ~ '.age_band') }} as age_group,
    {{ fact }}.nationality_group,
    {{ region_leaf(fact ~ '.region', fact ~ '.country') }} as region,
    {{ fact }}.offence,
    {{ fact }}.relationship,
    {{ violence_context(*told) }} as context,
    {{ violence_contexts(
        told[0], told[1], told[2], told[3], fact ~ '.victim_role', fact ~ '.sex', fact ~ '.age_band', tags
    ) }} as contexts,
    {{ dated(fact ~ '.occurred_on', fact ~ '.occurred_precision', verb) }},
    {{ fact }}.is_agreed
{%- endmacro %}

{% macro dated(day, precision, verb) -%}
{{ day }} as {{ verb }}_on,
    {{ precision }} as {{ verb }}_precision,
    cast(extract(year from {{ day }}) as integer) as year,
    case when {{ precision }} <> 'Y' then {{ quarter_of(day) }} end as quarter
{%- endmacro %}

{#- Under 18 is a child (Directive 2012/29/EU art. 2(1)(c)). Each way of not knowing stays what it is. -#}
{% macro age_group(age_band) -%}
case
    when {{ is_child(age_band) }} then 'CHILD'
    when {{ age_band }} in ('18-24', '25-34', '35-44', '45-54', '55-64', '65-74', '75+', 'adult_u') then 'ADULT'
    else {{ age_band }}
end
{%- endmacro %}

{% macro is_child(age_band) -%}
{{ age_band }} in ('0-5', '6-11', '12-13', '14-15', '16-17', 'child_u')
{%- endmacro %}
