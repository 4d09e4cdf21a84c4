{#-
  A table is replaced in one transaction, as a view is. dbt's own way makes it under another name, renames twice and looks
  for indexes and foreign keys that there are none of: together a fifth of the build of a small warehouse. What a killed run
  of that way left goes too.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none and not existing.is_table -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        drop table if exists {{ target_relation }};
        drop table if exists {{ make_intermediate_relation(target_relation) }};
        drop table if exists {{ make_backup_relation(target_relation, 'table') }};
        {{ create_table_as(false, target_relation, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
