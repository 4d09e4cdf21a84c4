{#- Directories: how descriptions follow each other, and what of a shelter may be said. -#}

{#-
  What was ever described, one row a description and the month in which the hub came to know it. Within a month the last
  word counts. What its source has taken back is gone, with all that it ever said.
-#}
{% macro described(event) -%}
(
    select *
    from (
        select
            facts.*,
            row_number() over (partition by stream, part, known_month order by version desc) as last_of_month,
            dense_rank() over (partition by stream, part order by known_month) as nth
        from {{ known_facts(event) }} as facts
        where exists (
            select 1
            from {{ current_facts(event) }} as standing
            where standing.stream = facts.stream and standing.part = facts.part
        )
    ) as months
    where last_of_month = 1
)
{%- endmacro %}

{% macro is_shelter(organisation_kind, services) -%}
coalesce({{ organisation_kind }} = 'SHELTER', false) or coalesce({{ services }} && array['SHELTER'], false)
{%- endmacro %}

{#- ISO 3166-1 of a NUTS code. NUTS writes EL for Greece and UK for the United Kingdom. -#}
{% macro iso_country(area) -%}
case substr({{ area }}, 1, 2) when 'EL' then 'GR' when 'UK' then 'GB' else substr({{ area }}, 1, 2) end
{%- endmacro %}

{#- As NUTS writes a country of ISO 3166-1. -#}
{% macro nuts_country(country) -%}
case {{ country }} when 'GR' then 'EL' when 'GB' then 'UK' else {{ country }} end
{%- endmacro %}
