"""How far a release may have coarsened a dimension, and what can still be asked of it then.

Every code, fine or coarse, stands for a set of finest codes. A question can be answered at a level when the set it asks
for is a union of that level's groups; otherwise the country publishes that answer only for wider groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Groups = Mapping[str, frozenset[str]]


def _same(*codes: str) -> dict[str, frozenset[str]]:
    return {code: frozenset({code}) for code in codes}


def _all(*codes: str) -> dict[str, frozenset[str]]:
    return {"ALL": frozenset(codes)}


_AGES = ("0-13", "14-17", "18-24", "25-44", "45-64", "65+", "U")
_SEXES = ("F", "M", "X", "U")
_CONTEXTS = ("IPV", "DV", "SEX", "THB", "OTHER_VIOLENCE", "OTHER_CRIME", "NOT_CRIME", "U")

LEVELS: Mapping[str, tuple[Groups, ...]] = {
    "age_band": (
        _same(*_AGES),
        {"0-17": frozenset(_AGES[:2]), "18-64": frozenset(_AGES[2:5])} | _same("65+", "U"),
        {"child": frozenset(_AGES[:2]), "adult": frozenset(_AGES[2:6])} | _same("U"),
        _all(*_AGES),
    ),
    "sex": (
        _same(*_SEXES),
        _same("F", "M") | {"OTHER": frozenset({"X", "U"})},
        _all(*_SEXES),
    ),
    "context": (
        _same(*_CONTEXTS),
        {
            "IPV_DV": frozenset({"IPV", "DV"}),
            "OTHER_VIOLENCE": frozenset({"SEX", "THB", "OTHER_VIOLENCE"}),
            "OTHER": frozenset({"OTHER_CRIME", "NOT_CRIME"}),
        }
        | _same("U"),
        _all(*_CONTEXTS),
    ),
}


@dataclass(frozen=True)
class Option:
    """Something to filter by. `code` stands in the URL, `name` in the code list; a wider group has a level above 0."""

    code: str
    name: str
    level: int
    finest: frozenset[str]


def options(dimension: str) -> tuple[Option, ...]:
    """The finest codes, then each wider group once. A group with a finer code's name gets its level behind it."""
    found: dict[frozenset[str], Option] = {}
    for level, groups in enumerate(LEVELS[dimension]):
        for code, finest in groups.items():
            if code != "ALL" and finest not in found:
                taken = any(option.code == code for option in found.values())
                found[finest] = Option(f"{code}.{level}" if taken else code, code, level, finest)
    return tuple(found.values())


def admitted(dimension: str, level: int, option: str) -> frozenset[str] | None:
    """The published codes that together answer a filter at this level, or None: only wider groups are published."""
    asked = next(one.finest for one in options(dimension) if one.code == option)
    ladder = LEVELS[dimension]
    groups = ladder[min(level, len(ladder) - 1)]
    inside = {code: finest for code, finest in groups.items() if finest <= asked}
    return frozenset(inside) if frozenset().union(*inside.values()) == asked else None
