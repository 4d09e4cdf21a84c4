{#- The records of a fact that count, once for each period that they are in. -#}
{% macro indicator_records(
    name, fact, where, partners, judged, stock, periods, stated_twice=false, date=none, precision=none, days=0
) -%}
{{ name }}_facts as (
    select facts.*, {{ as_of() }} as as_of {%- if not partners %}, cast(null as varchar) as partner {%- endif %}
    from {{ ref(fact) }} as facts
),

{{ name }}_dated as (
    {%- for period_type in periods %}
    select
        facts.*,
        '{{ period_type }}' as period_type_of_record,
        {{ indicator_period(period_type, judged) }} as period_of_record
    from {{ name }}_facts as facts
    where ({{ where }})
        and {{ indicator_period(period_type, judged) }} is not null
        {%- if stated_twice %}
        and {{ 'counts_in_year' if period_type == 'Y' else 'counts_in_quarter' }}
        {%- endif %}
        {%- if days %}
        and {{ last_day_of(date, precision) if precision else date }} + {{ days }} <= as_of
        {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

{{ name }}_records as (
    {%- if stock %}
    select newest.*
    from (
        select
            dated.*,
            row_number() over (
                partition by period_type_of_record, period_of_record, {{ stock | join(', ') }}
                order by ends_on desc, position desc
            ) as newest_first
        from {{ name }}_dated as dated
    ) as newest
    where newest.newest_first = 1
    {%- else %}
    select * from {{ name }}_dated
    {%- endif %}
)
{%- endmacro %}


{% macro indicator_period(period_type, judged) -%}
{%- if period_type == 'Y' -%}
cast({{ 'extract(year from as_of)' if judged else 'year' }} as varchar)
{%- else -%}
{{ quarter_of('as_of') if judged else 'quarter' }}
{%- endif -%}
{%- endmacro %}


{#- What tells a cell from the others: a breakdown at a time. -#}
{% macro indicator_cell(columns, of_partners) -%}
country,
        {{ 'partner' if of_partners else 'cast(null as varchar) as partner' }},
        period_type_of_record as period_type,
        period_of_record as period,
        case
            {%- for column in columns %}
            when grouping(by_{{ column }}) = 0 then '{{ column }}'
            {%- endfor %}
            when grouping(country) = 0 then 'TOTAL'
        end as breakdown,
        coalesce({% for column in columns %}by_{{ column }}, {% endfor %}'TOTAL') as category
{%- endmacro %}


{#- The same, as what is grouped by; `also` stands in each. -#}
{% macro indicator_cells(columns, partners, persons, also='') -%}
grouping sets (
        {%- for column in columns %}
        (country, period_type_of_record, period_of_record, by_{{ column }}{{ also }}),
        {%- if persons %}
        (country, partner, period_type_of_record, period_of_record, by_{{ column }}{{ also }}),
        {%- endif %}
        {%- endfor %}
        {%- if partners %}
        (country, partner, period_type_of_record, period_of_record{{ also }}),
        {%- endif %}
        (country, period_type_of_record, period_of_record{{ also }})
    )
{%- endmacro %}


{% macro indicator_count(condition) -%}
cast(count(*) filter (where {{ condition }}) as double precision)
{%- endmacro %}
