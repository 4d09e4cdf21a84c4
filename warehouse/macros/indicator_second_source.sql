{#- What a second source says of the same cells. The newest year that it has speaks until the next. -#}
{% macro indicator_denominators(measure, breakdowns, periods) -%}
{%- set other, name = measure.denominator_of, measure.name -%}
{{ indicator_records(name, other.fact, other.where, true, false, other.stock, ['Y'] if other.yearly else periods) }},

{{ name }}_sums as (
    select
        country,
        period_of_record as period,
        case
            {%- for column in breakdowns if column in other.columns %}
            when grouping({{ other.columns[column] }}) = 0 then '{{ column }}'
            {%- endfor %}
            when grouping(country) = 0 then 'TOTAL'
        end as breakdown,
        coalesce({% for column in breakdowns if column in other.columns %}cast({{ other.columns[column] }} as varchar), {% endfor %}'TOTAL') as category,
        sum(cast({{ other.amount }} as double precision)) as denominator
    from {{ name }}_records
    group by grouping sets (
        {%- for column in breakdowns if column in other.columns %}
        (country, period_of_record, {{ other.columns[column] }}),
        {%- endfor %}
        (country, period_of_record)
    )
),

{{ name }}_denominators as (
    select
        *,
        lead(period) over (partition by country, breakdown, category, length(period) order by period) as next_period
    from {{ name }}_sums
)
{%- endmacro %}


{#- A second source's number for a cell: of its own period, or of the newest year that is not later. -#}
{% macro indicator_joined(name, alias, other, breakdown, category) -%}
{%- set at = 'substr(cells.period, 1, 4)' if other.yearly else 'cells.period' -%}
    left join {{ name }}_denominators as {{ alias }}
        on {{ alias }}.country = cells.country
        and {{ alias }}.breakdown = {{ breakdown }} and {{ alias }}.category = {{ category }}
        {%- if other.yearly %}
        and {{ alias }}.period <= {{ at }}
        and ({{ alias }}.next_period is null or {{ at }} < {{ alias }}.next_period)
        {%- else %}
        and {{ alias }}.period = {{ at }}
        {%- endif %}
{%- endmacro %}
