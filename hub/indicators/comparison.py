"""Countries side by side, `indicator_comparisons`: refused where definitions differ. There is no order of rank."""

from hub.indicators.compiled import MADE, column, own

ABOUT = (
    "Totals of an indicator of countries that all have it in a period, side by side. Where definitions differ there is "
    "no value: the row says so. Exact, so it stays in the enclave."
)
KEY = ["indicator", "measure", "period_type", "period", "country"]
COLUMNS = (
    ("indicator", "varchar", "{{ doc('ind_indicator') }}"),
    ("version", "integer", "{{ doc('ind_version') }}"),
    ("measure", "varchar", "{{ doc('ind_measure') }}"),
    ("period_type", "varchar", "{{ doc('ind_period_type') }}"),
    ("period", "varchar", "{{ doc('ind_period') }}"),
    ("country", "varchar", "{{ doc('ind_country') }}"),
    ("unit", "varchar", "{{ doc('ind_unit') }}"),
    ("value", "double precision", "{{ doc('ind_value') }}"),
    ("value_low", "double precision", "{{ doc('ind_value_low') }}"),
    ("value_high", "double precision", "{{ doc('ind_value_high') }}"),
    ("known_share", "double precision", "{{ doc('ind_known_share') }}"),
    ("comparability", "varchar", "Grade of the comparison: A alike, B with care, C refused."),
    ("obs_status", "varchar", "{{ doc('ind_obs_status') }}"),
    ("reason", "varchar", "{{ doc('ind_reason') }}"),
    ("is_closed", "boolean", "{{ doc('ind_is_closed') }}"),
)
NULLABLE = {"value", "value_low", "value_high", "known_share", "reason"}

SQL = """
with graded as (
    select
        figures.*,
        registry.comparability,
        registry.comparability = 'C'
            or coalesce(' ' || registry.differs_in || ' ' like '% ' || figures.country || ' %', false) as is_refused,
        count(*) over (partition by figures.indicator, figures.measure, figures.period) as countries
    from {{ ref('indicator_values') }} as figures
    inner join {{ ref('indicator_definitions') }} as registry
        on registry.indicator = figures.indicator and registry.measure = figures.measure
        and registry.version = figures.version
    where figures.breakdown = 'TOTAL'
)

select
    indicator,
    version,
    measure,
    period_type,
    period,
    country,
    unit,
    case when not is_refused then value end as value,
    case when not is_refused then value_low end as value_low,
    case when not is_refused then value_high end as value_high,
    known_share,
    comparability,
    case when is_refused then 'D' else obs_status end as obs_status,
    case when is_refused then 'DEFINITIONS_DIFFER' else reason end as reason,
    is_closed
from graded
where countries > 1
"""


def table() -> str:
    """The model's SQL."""
    return f"-- {ABOUT} {MADE.format('*')}\n{SQL.lstrip()}"


def described() -> str:
    """The model in dbt's YAML."""
    columns = (column(name, kind, about, name not in NULLABLE) for name, kind, about in COLUMNS)
    return own("indicator_comparisons", ABOUT, KEY, columns)
