"""The words of all indicators as one table, `indicators`: what a reader of a figure has to know."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from string import Template

from hub.indicators.compiled import MADE, column, own
from hub.indicators.definition import Definition

ABOUT = "What each figure of each indicator means, in each language: one row an indicator, measure and language."
MEASURES = (
    ("indicator", "varchar", "Id of the indicator."),
    ("version", "integer", "Version of the definition."),
    ("measure", "varchar", "Which figure of the indicator."),
    ("kind", "varchar", "How it is reckoned: SHARE, COUNT, SUM, RATIO, QUANTILE, RATE or INDEX."),
    ("unit", "varchar", "What the value is: a share from 0 to 1, days, a number, or so many per 10,000."),
    ("counting_unit", "varchar", "What numerator and denominator count. Units are never added to one another."),
    ("definition", "varchar", "The definition, in English."),
    ("numerator", "varchar", "The numerator in words, in English."),
    ("denominator", "varchar", "The denominator in words, in English; empty where nothing is divided."),
    ("fact", "varchar", "The fact that it is counted from."),
    ("date_basis", "varchar", "The date by which a record falls into a period; reported or judged where it has none."),
    ("cohort_days", "integer", "Days that a record is given before it counts; empty where none."),
    ("direction", "varchar", "UP or DOWN where that is the wished movement; NONE where neither is better."),
    ("is_personal", "boolean", "Whether it is counted from records of persons: its exact figures stay in the enclave."),
    ("legal", "varchar", "Where law or standard asks for it."),
    (
        "verify_before_filing",
        "boolean",
        "Whether a wording of law was recalled: look it up before filing.",
    ),
    ("pitfalls", "varchar", "What the figure must not be read as."),
    ("comparability", "varchar", "Countries side by side: A alike, B with care, C not at all."),
    ("comparability_note", "varchar", "Why."),
    ("differs_in", "varchar", "Countries whose definition differs, by code; empty where none is known."),
)
NAMES = (
    ("language", "varchar", "Language of the name, ISO 639-1."),
    ("name", "varchar", "Name of the indicator in that language."),
)
OPTIONAL = {"denominator", "cohort_days", "differs_in"}
KEY = ["indicator", "measure", "language"]
ABOUT_SEED = "What each figure of each indicator means, one row an indicator and measure, in English."
ABOUT_NAMES = "The name of each indicator in each language."
SQL = Template("""-- $about
select
    $columns,
    names.language,
    names.name
from {{ ref('indicator_definitions') }} as definitions
inner join {{ ref('indicator_names') }} as names on names.indicator = definitions.indicator
""")


def seeds(definitions: Sequence[Definition]) -> dict[str, str]:
    """Two tables as CSV, by name: what each figure means, and each indicator's names."""
    names = ((each.id, language, name) for each in definitions for language, name in each.name.items())
    return {
        "indicator_definitions": _csv([name for name, _, _ in MEASURES], map(_measures, definitions)),
        "indicator_names": _csv(["indicator", "language", "name"], [names]),
    }


def seeds_described() -> str:
    """Both in dbt's YAML, with their types: a seed's are guessed otherwise."""
    indicator = MEASURES[0]
    tables = {"indicator_definitions": (ABOUT_SEED, MEASURES), "indicator_names": (ABOUT_NAMES, (indicator, *NAMES))}
    lines = ["version: 2", "", "seeds:"]
    for table, (about, columns) in tables.items():
        types = ", ".join(f"{name}: {kind}" for name, kind, _ in columns)
        lines += [f"  - name: {table}", f"    description: {about}", f"    config: {{column_types: {{{types}}}}}"]
        lines += ["    columns:", *(f"      - {{{column(name, kind, said, False)}}}" for name, kind, said in columns)]
    return "\n".join(lines) + "\n"


def table() -> str:
    """The mart's SQL."""
    columns = ",\n    ".join(f"definitions.{name}" for name, _, _ in MEASURES)
    return SQL.substitute(about=f"{ABOUT} {MADE.format('*')}", columns=columns)


def described() -> str:
    """The mart in dbt's YAML."""
    columns = (column(name, kind, about, name not in OPTIONAL) for name, kind, about in (*MEASURES, *NAMES))
    return own("indicators", ABOUT, KEY, columns)


def legal(definition: Definition) -> str:
    """Where law asks for it, in one line."""
    return "; ".join(f"{each.text}{' (verify before filing)' if each.verify else ''}" for each in definition.legal)


def _measures(definition: Definition) -> Iterable[tuple[object, ...]]:
    for name, measure in definition.measures.items():
        yield (
            definition.id,
            definition.version,
            name,
            measure.kind,
            measure.unit,
            definition.counting_unit,
            definition.definition,
            measure.of_these,
            measure.among,
            definition.of,
            definition.date,
            definition.cohort and definition.cohort.days,
            definition.direction,
            definition.personal,
            legal(definition),
            any(each.verify for each in definition.legal),
            " ".join(definition.pitfalls),
            definition.comparability.grade,
            definition.comparability.note,
            " ".join(definition.comparability.differs) or None,
        )


def _csv(columns: list[str], rows: Iterable[Iterable[tuple[object, ...]]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for some in rows for row in some)
    return text.getvalue()


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
