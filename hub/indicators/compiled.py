"""A definition → its model: one call of the macro `indicator`, and the properties that stand beside it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from hub.indicators.definition import Definition, Measure, Other
from hub.indicators.units import STATED_TWICE, WITHOUT_PARTNER

MADE = "Written by `make schemas` from warehouse/indicators/{}.yaml: change that, not this."
COLUMNS = (
    ("indicator", "varchar"), ("version", "integer"), ("measure", "varchar"), ("country", "varchar"),
    ("period_type", "varchar"), ("period", "varchar"), ("breakdown", "varchar"), ("category", "varchar"),
    ("counting_unit", "varchar"), ("unit", "varchar"), ("numerator", "double precision"),
    ("denominator", "double precision"), ("value", "double precision"), ("numerator_low", "double precision"),
    ("numerator_high", "double precision"), ("denominator_low", "double precision"),
    ("denominator_high", "double precision"), ("value_low", "double precision"), ("value_high", "double precision"),
    ("known_share", "double precision"), ("obs_status", "varchar"), ("reason", "varchar"), ("is_closed", "boolean"),
)  # fmt: skip
"""What every indicator's model answers, in order."""
REQUIRED = {"indicator", "version", "measure", "country", "period_type", "period", "breakdown", "category"}
REQUIRED |= {"counting_unit", "unit", "obs_status", "is_closed"}
KEY = ("indicator", "measure", "country", "period_type", "period", "breakdown", "category")


def model(definition: Definition) -> str:
    """The model's SQL."""
    said = ",\n    ".join(f"{name}={_literal(value)}" for name, value in _call(definition).items())
    name = definition.id.lower()
    return f"-- {definition.id}. {definition.name['en']}. {MADE.format(name)}\n{{{{ indicator(\n    {said}\n) }}}}\n"


def union(definitions: Sequence[Definition], about: str) -> str:
    """All models of these indicators below one another."""
    parts = ["select * from {{ ref('ind_%s') }}" % each.id.lower() for each in definitions]  # noqa: S608, UP031
    return f"-- {about} {MADE.format('*')}\n" + "\nunion all\n".join(parts) + "\n"


def described(definition: Definition) -> str:
    """The model in dbt's YAML."""
    about = f"{definition.id} {definition.name['en']}. {definition.definition}"
    return entry(f"ind_{definition.id.lower()}", about)


def entry(name: str, about: str, config: str = "", tests: str = "") -> str:
    """A model whose columns are those of figures()."""
    lines = [f"- name: {name}", f"  description: {json.dumps(about, ensure_ascii=False)}"]
    lines += [f"  config: {config}"] if config else []
    lines += ["  constraints: *constraints", *([f"  data_tests: {tests}"] if tests else []), "  columns: *columns"]
    return "".join(f"  {line}\n" for line in lines)


def figures() -> str:
    """What all models of figures have in common, as anchors of YAML."""
    key = ", ".join(KEY)
    lines = [
        "anchors:",
        f"  constraints: &constraints [{{type: primary_key, columns: [{key}]}}]",
        "  columns: &columns",
        *(f"    - {{{column(name, kind, _doc(name), name in REQUIRED)}}}" for name, kind in COLUMNS),
    ]
    return "\n".join(lines) + "\n"


def own(name: str, about: str, key: Sequence[str], columns: Iterable[str]) -> str:
    """A model with columns of its own."""
    said = ", ".join(key)
    lines = [
        f"  - name: {name}",
        f"    description: {json.dumps(about, ensure_ascii=False)}",
        f"    constraints: [{{type: primary_key, columns: [{said}]}}]",
        "    columns:",
        *(f"      - {{{each}}}" for each in columns),
    ]
    return "\n".join(lines) + "\n"


def column(name: str, kind: str, about: str, required: bool) -> str:
    """A column in dbt's YAML."""
    said = f"name: {name}, data_type: {kind}, description: {json.dumps(about, ensure_ascii=False)}"
    return f"{said}, constraints: [{{type: not_null}}]" if required else said


def _doc(name: str) -> str:
    return f"{{{{ doc('ind_{name}') }}}}"


def _call(definition: Definition) -> dict[str, Any]:
    """The arguments of the macro; what is as the macro has it anyhow is left out."""
    said: dict[str, Any] = {
        "id": definition.id,
        "version": definition.version,
        "counting_unit": definition.counting_unit,
        "fact": definition.of,
        "measures": [_measure(name, measure) for name, measure in definition.measures.items()],
        "breakdowns": list(definition.breakdowns),
    }
    said |= {"where": definition.where} if definition.where != "true" else {}
    said |= {"persons": True} if definition.persons else {}
    said |= {"subjects": True} if definition.persons and definition.personal else {}
    said |= {"partners": False} if definition.of in WITHOUT_PARTNER else {}
    if definition.cohort:
        said |= {"date": definition.date, "precision": definition.precision, "days": definition.cohort.days}
    said |= {"stated_twice": True} if definition.of in STATED_TWICE and not definition.stock else {}
    said |= {"judged": True} if definition.date == "judged" else {}
    said |= {"stock": list(definition.stock)} if definition.stock else {}
    said |= {"periods": list(definition.periods)} if definition.periods != ("Y", "Q") else {}
    return {name: value for name, value in said.items() if value is not None}


def _measure(name: str, measure: Measure) -> dict[str, Any]:
    said = measure.model_dump(exclude={"of_these", "among", "denominator_of"}, exclude_none=True)
    other = {"denominator_of": _other(measure.denominator_of)} if measure.denominator_of else {}
    return {"name": name, **said, "parts": list(measure.parts), **other}


def _other(other: Other) -> dict[str, Any]:
    said = other.model_dump(exclude={"counting_unit", "stock"})
    return {**said, "stock": list(other.stock)}


def _literal(value: Any) -> str:
    """A value as Jinja reads it. Its lists, dictionaries, texts and numbers are JSON's."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 90 or not isinstance(value, list) else _lines(value)


def _lines(values: list[Any]) -> str:
    return "[\n" + "".join(f"        {json.dumps(each, ensure_ascii=False)},\n" for each in values) + "    ]"
