{#- Rows of a pack that others published: official figures, as they were, each along the breakdown it was stated in. -#}
{% macro published(pack) -%}
select
    items.item,
    coalesce(stated.scope, 'ANY') as scope,
    'PUBLISHED' as counted_by,
    substr(stated.area, 1, 2) as country,
    cast(substr(stated.period, 1, 4) as integer) as year,
    {%- for column, dimension in {
        'sex': 'SEX', 'age_group': 'AGE', 'perpetrator_sex': 'PERP_SEX', 'perpetrator_age_group': 'PERP_AGE',
        'relationship': 'VOR', 'offence': 'ICCS'}.items() %}
    coalesce(max(split_part(stated.cell, '.', 2)) filter (where split_part(stated.cell, '.', 1) = '{{ dimension }}'), '_T')
        as {{ column }},
    {%- endfor %}
    coalesce(
        max(stated.cell) filter (
            where split_part(stated.cell, '.', 1) not in ('SEX', 'AGE', 'PERP_SEX', 'PERP_AGE', 'VOR', 'ICCS')
        ),
        '_T'
    ) as detail,
    max(stated.value) as value,
    max(stated.value) as value_low,
    max(stated.value) as value_high,
    max(stated.obs_status) as stated_status
from (
    -- a figure without a breakdown is one of all of them
    select
        event_id, indicator, area, period, scope, value, obs_status,
        unnest(case when coalesce(array_length(breakdown, 1), 0) = 0 then array['_T._T'] else breakdown end) as cell
    from {{ ref('fct_indicator_values') }}
    where length(period) = 4
) as stated
inner join {{ ref('return_definitions') }} as items
    on items.pack = '{{ pack }}' and stated.indicator in (items.pack || '-' || items.item, items.official_code)
group by stated.event_id, items.item, stated.scope, stated.area, stated.period
{%- endmacro %}

{#-
  Rows of an item from tables of counts that an authority sent (police, ministry). `detail` is the table: two tables
  are never added up, nor a table to what services counted.
-#}
{% macro tabled(item, where, year) -%}
select
    '{{ item }}' as item,
    coalesce(stated.scope, 'ANY') as scope,
    'TABLE' as counted_by,
    stated.country,
    cast({{ year }} as integer) as year,
    coalesce(stated.sex, '_T') as sex,
    coalesce(case when stated.age_band in ('child_u', '0-5', '6-11', '12-13', '14-15', '16-17') then 'CHILD'
        when stated.age_band in ('U', 'NA', 'NR', 'REF') then stated.age_band
        when stated.age_band is not null then 'ADULT' end, '_T') as age_group,
    coalesce(stated.perpetrator_sex, '_T') as perpetrator_sex,
    coalesce(stated.perpetrator_age_band, '_T') as perpetrator_age_group,
    case when stated.relationship is null then '_T' else {{ relationship_group('stated.relationship') }} end
        as relationship,
    coalesce(stated.offence, '_T') as offence,
    stated.series as detail,
    sum(cast(stated.counted as double precision)) as value,
    sum(cast(stated.counted as double precision)) as value_low,
    sum(cast(stated.counted as double precision)) as value_high,
    max(stated.obs_status) as stated_status
from {{ ref('fct_aggregates') }} as stated
where {{ where }}
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
{%- endmacro %}
