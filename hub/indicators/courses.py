"""What the indicators say of each record at once, its course: the finest thing that a release publishes of a fact.

A course has one mark for each figure of each indicator over the fact: `-` where the record is not counted, `0` where it
is in the denominator alone, `1` where it is in the numerator. All figures of a fact are sums over one table of courses,
so that a release rounds its records once. A new indicator of shares or counts needs nothing but its definition.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from hub.indicators.compiled import MADE
from hub.indicators.definition import Definition, Measure
from hub.indicators.units import PERSONAL

IN_A_CUBE = frozenset({"fct_contacts", "fct_referrals"})
"""Published by quarter in a cube of their own: never a second time."""
CONTRIBUTIONS = (
    "What each person contributes to each course of a fact in a year: the indicators' marks on a record, joined."
)
COLUMNS = {
    "subject": "varchar", "partner": "varchar", "country": "varchar", "year": "varchar", "fact": "varchar",
    "sex": "varchar", "age_group": "varchar", "course": "varchar", "records": "bigint",
}  # fmt: skip
PLACES = "Which figure of which indicator each mark of a course is about."


def marked(definitions: Sequence[Definition]) -> dict[str, list[tuple[Definition, str, Measure]]]:
    """Fact → the figures that a record of it is marked for, in the order of their marks.

    Quantiles, sums and rates are not: they need more than whether a record counts. Breakdowns and the parts of a
    numerator would need courses of their own, and are left to the exact figures.
    """
    found: dict[str, list[tuple[Definition, str, Measure]]] = {}
    for definition in definitions:
        if definition.personal and definition.released and definition.of not in IN_A_CUBE:
            for name, measure in definition.measures.items():
                only_parts = measure.parts and measure.numerator == "true"
                if measure.kind in ("SHARE", "COUNT") and not only_parts:
                    found.setdefault(definition.of, []).append((definition, name, measure))
    return dict(sorted(found.items()))


def contributions(definitions: Sequence[Definition]) -> str:
    """The model of all courses: one call of the macro `courses` a fact."""
    calls = []
    for fact, figures in marked(definitions).items():
        marks = ",\n".join(f"        {json.dumps(_mark(definition, measure))}" for definition, _, measure in figures)
        calls.append(f"{{{{ courses(\n    fact={json.dumps(fact)},\n    marks=[\n{marks},\n    ]\n) }}}}\n")
    return f"-- {CONTRIBUTIONS} {MADE.format('*')}\n" + ("\nunion all\n\n".join(calls) or _nothing(COLUMNS))


def places(definitions: Sequence[Definition]) -> str:
    """The model that says what each place of a course is about."""
    columns = {"fact": "varchar", "place": "integer", "indicator": "varchar", "version": "integer"}
    columns |= {"measure": "varchar", "kind": "varchar", "counting_unit": "varchar"}
    if not marked(definitions):
        return f"-- {PLACES} {MADE.format('*')}\n{_nothing(columns)}"
    said = ",\n    ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
    rows = ",\n".join(f"    ({', '.join(row)})" for row in _places(definitions))
    return f"-- {PLACES} {MADE.format('*')}\nselect\n    {said}\nfrom (values\n{rows}\n) as t ({', '.join(columns)})\n"


def _nothing(columns: Mapping[str, str]) -> str:
    """A table without rows: where no indicator is counted from records of persons."""
    return f"select {', '.join(f'cast(null as {kind}) as {name}' for name, kind in columns.items())}\nwhere false\n"


def _places(definitions: Sequence[Definition]) -> Iterator[tuple[str, ...]]:
    for fact, figures in marked(definitions).items():
        # A released figure counts records, also where the exact one counts persons: each record has one course.
        unit = min(PERSONAL[fact] - {"PERSON", "REGISTRATION"})
        for place, (definition, name, measure) in enumerate(figures, 1):
            texts = (definition.id, name, measure.kind, unit)
            indicator, figure, kind, counted = (f"'{text}'" for text in texts)
            yield f"'{fact}'", str(place), indicator, str(definition.version), figure, kind, counted


def _mark(definition: Definition, measure: Measure) -> dict[str, str | int]:
    """The conditions of one mark; what is as the macro has it anyhow is left out."""
    asked = [part for part in (definition.where, measure.denominator, measure.known) if part != "true"]
    said: dict[str, str | int] = {"counted": " and ".join(f"({part})" for part in asked) or "true"}
    said["numerator"] = measure.numerator or "true"
    if definition.cohort:
        said |= {"date": definition.date, "precision": definition.precision or "", "days": definition.cohort.days}
    return said
