-- One row a cell of a table of counts, from a partner who may send no rows. Only cells of one unit and one series are
-- added up, and only over dimensions that the series has in every cell.
with cells as (
    select
        {{ said_by('reported') }},
        {{ period_columns('reported.period') }},
        reported.series,
        reported.unit,
        reported.region,
        reported.victim_role,
        reported.sex,
        reported.age_band,
        reported.nationality_group,
        reported.offence,
        reported.violence_form,
        reported.relationship,
        reported.scope,
        reported.channel,
        reported.source,
        reported.service,
        reported.tier,
        reported.perpetrator_sex,
        reported.perpetrator_age_band,
        reported.counted,
        reported.small_counts,
        coalesce(reported.obs_status, 'A') as obs_status
    from {{ current_facts('aggregate_reported') }} as reported
)

select
    *,
    {{ counts_once(['partner', 'dataset', 'series', 'unit', 'year']) }}
from cells
