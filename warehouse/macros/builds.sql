{#- What a build was of stands beside its tables once it has ended well: the hub writes it then (hub/cli/built.py). -#}
{% macro begin_build() -%}
{%- if execute and flags.WHICH in ('build', 'run') -%}
{%- do adapter.create_schema(api.Relation.create(database=target.database, schema='built')) -%}
create table if not exists built.builds (
    as_known_at bigint,
    position bigint not null,
    said varchar not null
);
delete from built.builds;
{%- endif -%}
{%- endmacro %}
