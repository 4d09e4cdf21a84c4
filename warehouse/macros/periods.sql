{#- Calendar: quarters of dates, and the first and last day of an SDMX period (2025, 2025Q3, 2025-07). -#}

{% macro quarter_of(day) -%}
cast(extract(year from {{ day }}) as varchar) || 'Q' || cast(extract(quarter from {{ day }}) as varchar)
{%- endmacro %}

{% macro period_start(period) -%}
make_date(
    cast(substr({{ period }}, 1, 4) as integer),
    case
        when {{ period }} like '%Q%' then 3 * cast(substr({{ period }}, 6, 1) as integer) - 2
        when length({{ period }}) = 7 then cast(substr({{ period }}, 6, 2) as integer)
        else 1
    end,
    1
)
{%- endmacro %}

{% macro period_length(period) -%}
(case
    when {{ period }} like '%Q%' then interval '3 months'
    when length({{ period }}) = 7 then interval '1 month'
    else interval '12 months'
end)
{%- endmacro %}

{% macro period_end(period) -%}
cast({{ period_start(period) }} + {{ period_length(period) }} - interval '1 day' as date)
{%- endmacro %}

{#- Until when a report of a period is not old: the whole next period, and the days that its own report may take. -#}
{% macro report_until(period) -%}
cast(
    {{ period_start(period) }}
    + 2 * {{ period_length(period) }}
    + {{ var('report_grace_days') | int }} * interval '1 day'
    as date
)
{%- endmacro %}

{#- The day that plans are judged on. -#}
{% macro as_of() -%}
{%- if var('as_of') is none -%}
current_date
{%- else -%}
date '{{ modules.datetime.date.fromisoformat(var("as_of") | string) }}'
{%- endif -%}
{%- endmacro %}
