{#- Consent: which facts an indicator may count, and of whom they are told as of one person. -#}

{#- The last day that a date may mean: of a year or a month it is the last of it. -#}
{% macro last_day_of(day, precision) -%}
case {{ precision }}
    when 'Y' then cast({{ day }} + interval '1 year' - interval '1 day' as date)
    when 'M' then cast({{ day }} + interval '1 month' - interval '1 day' as date)
    else {{ day }}
end
{%- endmacro %}

{#- True where a person's no to a purpose holds on a day that the fact may have happened on. -#}
{% macro no_holds(fact, purpose, recipients=none) -%}
exists (
    select 1
    from {{ ref('int_consents') }} as consents
    where consents.purpose = '{{ purpose }}'
        {%- if recipients %}
        and consents.recipient in ('{{ recipients | join("', '") }}')
        {%- endif %}
        and consents.answer <> 'GRANTED'
        and consents.partner = {{ fact }}.partner
        and consents.subject = {{ fact }}.subject
        and consents.valid_from <= {{ last_day_of(fact ~ '.occurred_on', fact ~ '.occurred_precision') }}
        and (consents.valid_until is null or {{ fact }}.occurred_on < consents.valid_until)
)
{%- endmacro %}

{#-
  Reporting needs both recipients: the hub counts, the public reads. No answer is not a no: then the partner's own lawful
  basis holds.
-#}
{% macro may_be_reported(fact) -%}
not {{ no_holds(fact, 'REPORTING', ['HUB', 'PUBLIC']) }}
{%- endmacro %}

{#-
  The person, as one within her country; under a no to linkage, as one within this partner alone: of what happened then
  nobody counts her together with what another partner knows.
-#}
{% macro person_of(fact) -%}
case
    when {{ no_holds(fact, 'LINKAGE') }} then md5({{ fact }}.subject || ' ' || {{ fact }}.partner)
    else {{ fact }}.subject
end
{%- endmacro %}
