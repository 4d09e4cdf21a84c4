{#- What the two engines, DuckDB and PostgreSQL, do not say in the same words. -#}

{#-
  Half up, by the same operations of double precision on both: PostgreSQL's own `round` of a double knows no digits, and
  rounds a half to the even neighbour.
-#}
{% macro rounded(value, digits=0) -%}
floor(cast({{ value }} as double precision) * {{ 10 ** digits }} + 0.5) / {{ 10 ** digits }}
{%- endmacro %}

{#-
  Each schema that dbt makes is marked as built, so that a rebuild of the raw tables finds and drops it, whatever it is called: a table
  may not outlive the persons in it. In DuckDB they all go with the file.
-#}
{% macro postgres__create_schema(relation) -%}
{%- set schema = relation.without_identifier().include(database=false) -%}
{%- call statement('create_schema') -%}
create schema if not exists {{ schema }};
comment on schema {{ schema }} is 'built by the hub';
{%- endcall -%}
{%- endmacro %}

{#- PostgreSQL plans by what it has counted, and a table that was just made is not counted yet. -#}
{% macro count_rows() -%}
{%- if target.type == 'postgres' -%} analyze {{ this }} {%- endif -%}
{%- endmacro %}
