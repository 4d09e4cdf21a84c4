{#-
  A pack: what was counted and what was published, and one row without a value for each item of which a country has
  neither in a year. `counts`: the SELECTs of `counted`, `tabled` and `published`.

  What services counted is A where the law asks for just that, D where it asks for what the police or the courts
  recorded, P while late reports may still come. Everything about persons is confidential here: A, a small count, or C.
-#}
{% macro return_pack(pack, counts) -%}
{%- set names = return_breakdowns() -%}
with found as (
    {% for each in counts -%}
    select * from ({{ each }}) as counted_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

years as (
    select country, year from {{ ref('fct_deliveries') }} where year is not null
    union
    select country, year from found
),

items as (
    select item, nth, counting_unit, held, sector, missing, about_nobody
    from {{ ref('return_definitions') }}
    where pack = '{{ pack }}'
)

select
    '{{ pack }}' as pack,
    items.nth,
    items.item,
    coalesce(found.scope, 'ANY') as scope,
    coalesce(found.counted_by, 'NOBODY') as counted_by,
    years.country,
    cast(years.year as integer) as year,
    {% for name in names -%}
    coalesce(found.{{ name }}, '_T') as {{ name }},
    {% endfor -%}
    items.counting_unit,
    cast(found.value as double precision) as value,
    cast(found.value_low as double precision) as value_low,
    cast(found.value_high as double precision) as value_high,
    case
        when found.item is null then 'L'
        when found.stated_status is not null then found.stated_status
        when found.counted_by = 'SERVICES' and items.held <> 'YES' then 'D'
        when found.counted_by = 'SERVICES' and {{ report_until("cast(years.year as varchar)") }} > {{ as_of() }} then 'P'
        else 'A'
    end as obs_status,
    case
        when found.counted_by is distinct from 'SERVICES' or items.about_nobody then 'F'
        when found.value_high between 1 and 4 then 'A'
        else 'C'
    end as conf_status,
    case
        when found.counted_by in ('PUBLISHED', 'TABLE') then null
        when found.item is not null then items.missing
        else coalesce(items.missing, 'No partner of the country reports it in this year.')
    end as why
from years
cross join items
left join found on found.country = years.country and found.year = years.year and found.item = items.item
{%- endmacro %}
