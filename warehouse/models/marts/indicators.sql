-- What each figure of each indicator means, in each language: one row an indicator, measure and language. Written by `make schemas` from warehouse/indicators/*.yaml: change that, not this.
select
    definitions.indicator,
    definitions.version,
    definitions.measure,
    definitions.kind,
    definitions.unit,
    definitions.counting_unit,
    definitions.definition,
    definitions.numerator,
    definitions.denominator,
    definitions.fact,
    definitions.date_basis,
    definitions.cohort_days,
    definitions.direction,
    definitions.is_personal,
    definitions.legal,
    definitions.verify_before_filing,
    definitions.pitfalls,
    definitions.comparability,
    definitions.comparability_note,
    definitions.differs_in,
    names.language,
    names.name
from {{ ref('indicator_definitions') }} as definitions
inner join {{ ref('indicator_names') }} as names on names.indicator = definitions.indicator
