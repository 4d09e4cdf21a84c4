"""Exact values → the coarse ones that may leave. The event must have a field for them, and the allow-list too."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from hub.adapters.base import Fact, Rejected
from hub.edge.allow_list import allow_list
from hub.edge.cut import cut
from hub.events import NEWEST
from hub.events.base import Event
from hub.events.columns import check_parts
from hub.events.facts import Coded, coded

EU = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
NUTS2_LENGTH = 4
UNFIT = (ValueError, TypeError, AttributeError)
"""What a rule may raise for a value that has no coarse form."""
Data = dict[str, Any]


def generalise(fact: Fact, country: str) -> Coded:
    """The fact as it may leave the partner, validated, as its fields. Raises Rejected with every problem."""
    if not allow_list().fields_of(fact.event):
        raise Rejected("not-allowed", fact.event)
    model = NEWEST[fact.event]
    data = dict(fact.data)
    problems: list[tuple[str, str]] = []
    for field, rule in RULES.items():
        if field in data:
            try:
                rule(data, country)
            except UNFIT:
                problems.append(("out-of-range", field))
                data.pop(field, None)
    if not model.personal:
        _round_counts(data, allow_list().fields_of(fact.event))
    try:
        stated: Event = model.__pydantic_validator__.validate_python(data)
    except ValidationError as error:
        problems += [(_rule(e["type"]), str(e["loc"][0]) if e["loc"] else fact.event) for e in error.errors()]
    if problems:
        raise Rejected.all_of(problems)
    try:
        check_parts([fact.part] if fact.part else [])
    except ValueError:
        raise Rejected("bad-part", fact.event) from None
    return cut(coded(stated, fact.part))


def day_of(entry: bytes) -> date:
    """The day in a field's entry: it ends in `"2025-03-31"`."""
    return date.fromisoformat(entry[-11:-1].decode())


def age_band(years: int) -> str:
    """The band of an age in whole years. Raises ValueError for an age that nobody has."""
    return allow_list().band("age_band", years)


def _rule(kind: str) -> str:
    if kind == "literal_error":
        return "unknown-code"
    return "missing-value" if kind == "missing" else "out-of-range"


def to_five(count: int) -> int:
    """The nearest multiple of five: 0 to 2 are 0, 3 to 7 are 5."""
    return (count + 2) // 5 * 5


def _round_counts(data: Data, leaves: Mapping[str, str]) -> None:
    """Counts of persons in events that stand in clear. A count below zero stays as it is, for the event to refuse."""
    for field, how in leaves.items():
        if how == "rounded" and type(data.get(field)) is int and data[field] >= 0:
            data[field] = to_five(data[field])


def _from_age(data: Data, _country: str) -> None:
    data["age_band"] = age_band(data.pop("age"))


def _from_birth(data: Data, _country: str) -> None:
    born: date = data.pop("birth_on")
    on: date | None = data.get("occurred_on")
    if on is not None:  # without a date the fact is refused for that, by name
        data["age_band"] = age_band(on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _from_nationality(data: Data, country: str) -> None:
    nation: str = data.pop("nationality")
    if len(nation) != 2 or not nation.isascii() or not nation.isupper():
        raise ValueError  # ISO 3166-1 alpha-2: a word would come out as "not of the EU"
    data["nationality_group"] = "NATIONAL" if nation == country else "EU" if nation in EU else "NON_EU"


def _from_region(data: Data, _country: str) -> None:
    data["region"] = data["region"][:NUTS2_LENGTH]


def _from_minutes(data: Data, _country: str) -> None:
    data["duration_band"] = allow_list().band("duration_band", data.pop("duration_minutes"))


RULES: dict[str, Callable[[Data, str], None]] = {
    "age": _from_age,
    "birth_on": _from_birth,
    "nationality": _from_nationality,
    "duration_minutes": _from_minutes,
    "region": _from_region,
}
