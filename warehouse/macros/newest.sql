{#-
  The newest of several values, within one `group by` and without a window. Values are compared behind a prefix of one
  width: the day, then the place in the log, which also decides between two statements of one day.
-#}

{% macro at(day, position) -%}
(cast({{ day }} as varchar) || lpad(cast({{ position }} as varchar), 20, '0'))
{%- endmacro %}

{% macro newest(column, at) -%}
substr(max({{ at }} || {{ column }}), 31)
{%- endmacro %}

{#- The newest that says something; of those that only say why nothing is known, the newest, where there is no other. -#}
{% macro newest_known(column, at) -%}
substr(max(case when {{ is_known(column) }} then '1' else '0' end || {{ at }} || {{ column }}), 32)
{%- endmacro %}

{% macro is_known(column) -%}
{{ column }} not in ('U', 'NA', 'NR', 'REF')
{%- endmacro %}
