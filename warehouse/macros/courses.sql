{#-
  One fact → how often each person of each partner went each course in a year: one mark for each figure of an indicator,
  side by side. `marks` say for each figure which records are counted, which of them are in the numerator, and how many
  days a record is given before it counts.
-#}
{% macro courses(fact, marks) -%}
select
    facts.subject,
    facts.partner,
    facts.country,
    cast(facts.year as varchar) as year,
    '{{ fact }}' as fact,
    {{ sex_leaf('facts.sex') }} as sex,
    facts.age_group,
    {% for mark in marks -%}
    case
        when not coalesce({{ mark.counted }}
            {%- if mark.days %} and {{ last_day_of(mark.date, mark.precision) }} + {{ mark.days }} <= as_of {%- endif -%}
            , false) then '-'
        when coalesce({{ mark.numerator }}, false) then '1'
        else '0'
    end {{ '||' if not loop.last }}
    {% endfor -%}
    as course,
    cast(count(*) as bigint) as records
from (
    select *, {{ as_of() }} as as_of
    from {{ ref(fact) }}
) as facts
where facts.is_agreed and facts.year is not null
group by 1, 2, 3, 4, 5, 6, 7, 8
{%- endmacro %}
