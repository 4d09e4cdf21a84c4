-- One row an age band that a record may have, with the bands that others publish by. Each of them is a sum of bands;
-- where a band lies in none, or in two, it is not rolled up.
with bands as (
    select
        code,
        label,
        rank,
        is_unknown,
        case
            when code like '%+' then cast(replace(code, '+', '') as integer)
            when code like '%-%' then cast(split_part(code, '-', 1) as integer)
        end as from_age,
        case when code like '%-%' then cast(split_part(code, '-', 2) as integer) end as to_age
    from {{ ref('dim_codes') }}
    where list = 'age_band' and language = 'en'
)

select
    code,
    label,
    rank,
    from_age,
    to_age,
    {{ age_group('code') }} as age_group,
    {{ age_band_leaf('code') }} as released_as,
    case
        when to_age <= 11 then '0-11'
        when to_age <= 17 then '12-17'
        when from_age >= 18 or code = 'adult_u' then '18+'
        else 'U'
    end as gbvims_group,
    case when from_age >= 65 then 'Y' when to_age < 65 or code = 'child_u' then 'N' else 'U' end as is_65_or_over,
    is_unknown
from bands
