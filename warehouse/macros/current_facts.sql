{#-
  The state of an event's facts, from everything that was ever stated about them.

  A fact is known by (stream, part). Its newest version counts, unless the source has retracted that version: then the
  fact is gone, and no older version comes back. Both rules look only at what the hub knew at the log position
  `as_known_at`, so that any published figure can be built again.
-#}
{% macro known_facts(event) -%}
(
    select *
    from {{ ref('stg_hub__' ~ event) }}
    {% if var('as_known_at') is not none -%}
    where position <= {{ var('as_known_at') | int }}
    {% endif %}
)
{%- endmacro %}

{% macro current_facts(event) -%}
(
    select newest.*
    from (
        select
            facts.*,
            row_number() over (partition by stream, part order by version desc) as newest_first
        from {{ known_facts(event) }} as facts
    ) as newest
    where newest.newest_first = 1
        and not exists (
            select 1
            from {{ known_facts('record_retracted') }} as retracted
            where retracted.retracts = newest.event_id
        )
)
{%- endmacro %}
