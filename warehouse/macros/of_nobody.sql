{#- Columns of facts about nobody: what they share, and how a period stands in the calendar. -#}

{#- What every such fact has of its envelope. `country` is the partner's, unless the model says whose it is. -#}
{% macro said_by(fact, country='country') -%}
{{ fact }}.event_id,
    {{ fact }}.position,
    {{ fact }}.stream,
    {{ fact }}.part,
    {{ fact }}.partner,
    {{ fact ~ '.country' if country == 'country' else country }} as country,
    {{ fact }}.dataset
{%- endmacro %}

{% macro year_of(day) -%}
cast(extract(year from {{ day }}) as integer)
{%- endmacro %}

{#- A period with its grain, first and last day, year and quarter. Of a year no quarter is known. -#}
{% macro period_columns(period) -%}
{{ period }},
    {{ period_type(period) }} as period_type,
    {{ period_start(period) }} as starts_on,
    {{ period_end(period) }} as ends_on,
    cast(substr({{ period }}, 1, 4) as integer) as year,
    {{ period_quarter(period) }} as quarter
{%- endmacro %}

{% macro period_type(period) -%}
case when {{ period }} like '%Q%' then 'Q' when length({{ period }}) = 7 then 'M' else 'Y' end
{%- endmacro %}

{% macro period_quarter(period) -%}
case when length({{ period }}) > 4 then {{ quarter_of(period_start(period)) }} end
{%- endmacro %}

{#-
  Whether a row is to be added up in its quarter, in its year. A partner may state a year and its quarters and months
  beside it: the same calls stood there twice. Of rows that agree in `same`, the longest period counts.
-#}
{% macro counts_once(same) -%}
coalesce(period_type = 'Q' or period_type = 'M' and not {{ has_grain('Q', same + ['quarter']) }}, false)
        as counts_in_quarter,
    coalesce(
        period_type = 'Y'
        or not {{ has_grain('Y', same) }} and (
            period_type = 'Q' or not {{ has_grain('Q', same + ['quarter']) }}
        ),
        false
    ) as counts_in_year
{%- endmacro %}

{% macro has_grain(grain, same) -%}
bool_or(period_type = '{{ grain }}') over (partition by {{ same | join(', ') }})
{%- endmacro %}
