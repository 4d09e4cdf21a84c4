{#- What a build was of stands beside its tables once it has ended well: the hub writes it then (hub/cli/built.py). -#}
{% macro begin_build() -%}
{%- if execute and flags.WHICH in ('build', 'run', 'seed') -%}
{%- set builds = api.Relation.create(database=target.database, schema='built', identifier='builds') -%}
{%- do adapter.create_schema(builds) -%}
create table if not exists {{ builds }} (
    as_known_at bigint,
    position bigint not null,
    said varchar not null
);
delete from {{ builds }};
{%- endif -%}
{%- endmacro %}

{#-
  Whether a statement gives the columns that its contract says does not depend on the data: a build that goes on with what
  the same models have made asks it no more.
-#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
{%- if not var('contracts_held') -%} {{ dbt.default__get_assert_columns_equivalent(sql) }} {%- endif -%}
{%- endmacro %}
