-- One row a crime: ICCS as a tree, by the digits of its codes. A parent is the longest code that begins it. Sections
-- and divisions that no record is coded by are in, so that every crime has its section; X codes are the hub's own.
with crimes as (
    select code, label, true as is_stated
    from {{ ref('dim_codes') }}
    where list = 'offence' and language = 'en' and not is_unknown

    union all

    select code, label, false as is_stated
    from {{ ref('iccs_levels') }}
),

parents as (
    select crimes.code, max(above.code) as parent
    from crimes
    left join crimes as above
        on length(above.code) < length(crimes.code) and substr(crimes.code, 1, length(above.code)) = above.code
    group by crimes.code
)

select
    crimes.code,
    crimes.label,
    parents.parent,
    case when crimes.code like 'X%' then null else substr(crimes.code, 1, 2) end as section,
    -- ICCS writes two digits for its first two levels, and one for each below
    case
        when crimes.code like 'X%' or length(crimes.code) = 2 then 1
        when length(crimes.code) = 4 then 2
        else cast(length(crimes.code) - 2 as integer)
    end as level,
    crimes.is_stated,
    crimes.code not like 'X%' as is_iccs,
    crimes.code not in ('X1', 'X2', 'X3', 'X4', 'X9') as is_crime
from crimes
inner join parents on parents.code = crimes.code
