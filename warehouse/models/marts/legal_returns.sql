-- What of the four packs anybody may read: what is about nobody, what was published, and of the rest that it is counted.
-- That last row stands whether there is a count or not: a row that came with the first person would tell of her.
with packs as (
    {% for pack in ['vrd28', 'vaw44', 'ic11', 'eige13'] -%}
    select * from {{ ref('return_' ~ pack) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

years as (
    select distinct country, year from {{ ref('fct_deliveries') }} where year is not null
)

select
    packs.pack, packs.nth, packs.item, packs.scope, packs.counted_by, packs.country, packs.year, packs.sex,
    packs.age_group, packs.perpetrator_sex, packs.perpetrator_age_group, packs.relationship, packs.offence,
    packs.detail, packs.counting_unit, packs.value, packs.obs_status, packs.conf_status, packs.why
from packs
inner join {{ ref('return_definitions') }} as items on items.pack = packs.pack and items.item = packs.item
left join years on years.country = packs.country and years.year = packs.year
where packs.counted_by in ('PUBLISHED', 'TABLE')
    -- a year that only records speak of is not told either
    or (items.about_nobody or items.held = 'NO') and (packs.counted_by = 'SERVICES' or years.year is not null)

union all

select
    items.pack, items.nth, items.item, 'ANY' as scope, 'SERVICES' as counted_by, years.country,
    cast(years.year as integer) as year, '_T' as sex, '_T' as age_group, '_T' as perpetrator_sex,
    '_T' as perpetrator_age_group, '_T' as relationship, '_T' as offence, '_T' as detail, items.counting_unit,
    cast(null as double precision) as value, 'Q' as obs_status, 'C' as conf_status,
    'About persons: exact in the enclave; what of it may be told stands in the indicators of the release.' as why
from {{ ref('return_definitions') }} as items
cross join years
where not items.about_nobody and items.held <> 'NO'
