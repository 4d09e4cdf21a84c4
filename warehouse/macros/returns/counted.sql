{#- The breakdowns of a return, in the order of its columns. -#}
{% macro return_breakdowns() -%}
{{ return(['sex', 'age_group', 'perpetrator_sex', 'perpetrator_age_group', 'relationship', 'offence', 'detail']) }}
{%- endmacro %}

{#- UNODC-CTS has partner and family in one; Directive (EU) 2024/1385 and EIGE ask for partners apart. -#}
{% macro relationship_group(relationship) -%}
case
    when {{ relationship }} in ('01', '02') then 'PARTNER'
    when {{ relationship }} in ('03', '04', '05', '06', '07') then 'FAMILY'
    when {{ relationship }} in ('08', '09', '10', '11', '12') then 'OTHER_KNOWN'
    when {{ relationship }} = '20' then 'STRANGER'
    else 'NOT_KNOWN'
end
{%- endmacro %}

{#- Which facts a scope holds (EIGE): of a partner or one before, of the home or family, or of anybody. -#}
{% macro in_scope(scope) -%}
{%- if scope == 'IPV' -%} stated.contexts && array['IPV']
{%- elif scope == 'DV' -%} stated.contexts && array['IPV', 'DV']
{%- else -%} true
{%- endif -%}
{%- endmacro %}

{#-
  Rows of one item, counted from a fact: along the breakdowns that its law asks for, and in total (`_T`, as in SDMX).

  `by`: breakdown → SQL over the fact, which goes by the name `stated`; of what is not named there is the total alone.
  `quantity`: what a row counts for. `persons`: distinct subjects are counted instead, at each partner, and never added
  up: of several partners a row states from the largest to the sum (value_low, value_high), and no value. `added: false`
  where a total would mix units: then there is none.
-#}
{% macro counted(item, of, year, by={}, where='true', quantity='1', persons=false, scope='ANY', added=true) -%}
{%- set columns = return_breakdowns() -%}
{%- set names = columns | join(', ') -%}
select
    '{{ item }}' as item,
    '{{ scope }}' as scope,
    'SERVICES' as counted_by,
    country,
    year,
    {{ names }},
    {{ 'case when count(*) = 1 then sum(counted) end' if persons else 'sum(counted)' }} as value,
    {{ 'max(counted)' if persons else 'sum(counted)' }} as value_low,
    sum(counted) as value_high,
    cast(null as varchar) as stated_status
from (
    select
        partner,
        country,
        year,
        {%- for column in columns %}
        coalesce({{ column }}, '_T') as {{ column }},
        {%- endfor %}
        cast({{ 'count(distinct subject)' if persons else 'sum(quantity)' }} as double precision) as counted
    from (
        select
            stated.partner,
            stated.country,
            {{ 'stated.subject,' if persons }}
            cast({{ year }} as integer) as year,
            {%- for column in columns %}
            {{ "coalesce(" ~ by[column] ~ ", 'NR')" if column in by else "'_T'" }} as {{ column }},
            {%- endfor %}
            cast({{ quantity }} as double precision) as quantity
        from {{ of }} as stated
        where ({{ where }}) and ({{ in_scope(scope) }})
    ) as facts
    where year is not null
    group by grouping sets ((partner, country, year, {{ names }}){{ ', (partner, country, year)' if by and added }})
) as counts
group by country, year, {{ names }}
{%- endmacro %}
