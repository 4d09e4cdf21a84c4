{#-
  The context of a record, derived from act, relationship and cohabitation, never picked by anybody.
  One context a record, the first that fits. Violence is any form of violence, or an ICCS act against a person
  (01, 02, 03), or the hub's own X5 (FGM), X6 (forced marriage) and X7 (images shared without consent).
-#}
{% macro violence_context(offence, violence_forms, relationship, cohabiting) -%}
{%- set is_violence = is_violence(offence, violence_forms) -%}
case
    when {{ relationship }} in ('01', '02') and {{ is_violence }} then 'IPV'
    when ({{ relationship }} in ('03', '04', '05', '06', '07') or {{ cohabiting }} = 'Y') and {{ is_violence }}
        then 'DV'
    when {{ violence_forms }} && array['SEX', 'SHR'] or {{ offence }} like '03%' then 'SEX'
    when {{ offence }} like '0204%' then 'THB'
    when {{ is_violence }} then 'OTHER_VIOLENCE'
    when substr({{ offence }}, 1, 2) between '04' and '09' then 'OTHER_CRIME'
    when {{ offence }} in ('X1', 'X2', 'X3', 'X4', 'X9') then 'NOT_CRIME'
    else 'U'
end
{%- endmacro %}

{% macro is_violence(offence, violence_forms) -%}
(
    coalesce(array_length({{ violence_forms }}, 1), 0) > 0
    or substr({{ offence }}, 1, 2) in ('01', '02', '03', 'X5', 'X6', 'X7')
)
{%- endmacro %}
