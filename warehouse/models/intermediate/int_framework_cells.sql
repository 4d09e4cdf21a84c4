-- One row a requirement, dimension and group in a country, as a programme assessed it last. What it said before stays
-- in the log.
with assessed as (
    select
        cells.*,
        coalesce(programme, 'NR') as programme_or_nr,
        row_number() over (
            partition by partner, coalesce(programme, 'NR'), own_country, instrument, requirement, dimension, target_group
            order by assessed_on desc, position desc
        ) as latest_first
    from {{ current_facts('framework_assessed') }} as cells
)

select
    partner, programme_or_nr as programme, own_country as country, instrument, requirement, dimension, target_group,
    status, level, assessed_on, valid_from, evidence, gap, basis
from assessed
where latest_first = 1
