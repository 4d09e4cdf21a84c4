{#- Consent to reporting: which facts an indicator may count. -#}

{#- The last day that a date may mean: of a year or a month it is the last of it. -#}
{% macro last_day_of(day, precision) -%}
case {{ precision }}
    when 'Y' then cast({{ day }} + interval '1 year' - interval '1 day' as date)
    when 'M' then cast({{ day }} + interval '1 month' - interval '1 day' as date)
    else {{ day }}
end
{%- endmacro %}

{#-
  True unless the person's no to reporting holds on a day that the fact may have happened on. Reporting needs both
  recipients: the hub counts, the public reads. No answer is not a no: then the partner's own lawful basis holds.
-#}
{% macro may_be_reported(fact) -%}
not exists (
    select 1
    from {{ ref('int_consents') }} as consents
    where consents.purpose = 'REPORTING'
        and consents.recipient in ('HUB', 'PUBLIC')
        and consents.answer <> 'GRANTED'
        and consents.partner = {{ fact }}.partner
        and consents.subject = {{ fact }}.subject
        and consents.valid_from <= {{ last_day_of(fact ~ '.occurred_on', fact ~ '.occurred_precision') }}
        and (consents.valid_until is null or {{ fact }}.occurred_on < consents.valid_until)
)
{%- endmacro %}
