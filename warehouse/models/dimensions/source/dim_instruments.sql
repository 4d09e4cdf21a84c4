-- One row a version of an instrument: of assessments of victims, where it was used on ten persons or more, so that no
-- row tells of one of them; of self-assessments of organisations, whenever it was used. Version 0: none was told.
with used as (
    select
        'ASSESSMENT' as kind,
        instrument,
        coalesce(cast(instrument_version as varchar), '0') as instrument_version
    from {{ ref('fct_assessments') }}
    where is_agreed and instrument not in ('U', 'NA', 'NR')
    group by instrument, instrument_version
    having count(distinct subject) >= 10

    union all

    select distinct 'SELF_ASSESSMENT' as kind, instrument, instrument_version
    from {{ ref('fct_self_assessments') }}
)

select
    used.kind,
    used.instrument,
    used.instrument_version,
    labels.label
from used
left join {{ ref('dim_codes') }} as labels
    on labels.list = 'assessment_instrument' and labels.code = used.instrument and labels.language = 'en'
        and used.kind = 'ASSESSMENT'
