-- One row a value as its source published it. Where there is no value, obs_status says why: it is not zero.
select
    {{ said_by('reported') }},
    {{ period_columns('reported.period') }},
    reported.indicator,
    reported.area,
    reported.breakdown,
    reported.scope,
    reported.counting_unit,
    reported.unit,
    reported.value,
    reported.numerator,
    reported.denominator,
    coalesce(reported.obs_status, 'A') as obs_status,
    reported.conf_status,
    reported.source,
    reported.published_on
from {{ current_facts('indicator_valuereported') }} as reported
