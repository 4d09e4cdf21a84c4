{#-
  Working days from one day to another, Monday to Friday: those after the first, up to and with the last. From Friday to
  Monday is one, from Saturday to Sunday none. Public holidays are counted as any day: which they are is told by region.
-#}
{% macro working_days(first_day, last_day) -%}
cast({{ working_days_until(last_day) }} - {{ working_days_until(first_day) }} as bigint)
{%- endmacro %}

{#- Those since Monday, 1 January 1900, with the day itself. -#}
{% macro working_days_until(day) -%}
(5 * floor(({{ day }} - date '1900-01-01') / 7.0) + least(extract(isodow from {{ day }}), 5))
{%- endmacro %}
