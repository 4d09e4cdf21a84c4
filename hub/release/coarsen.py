"""Which level of detail a country's quarter can bear: the full-domain lattice, climbed by rule.

The expected count of a cell class is the product of its margins / N^(d-1). A class with fewer than `expected` persons
is *thin*: a 5 published there would mean "exactly one person" too often. While thin classes hold more than the allowed
share, one dimension climbs: the least coarsened so far, in the order that lattice.yaml lists. The order is the same for
everybody and everything: data decide how many climbs there are, never which, and what readers need most comes last.

The levels are published, so the choice itself must not tell. Margins of 0..base-1 persons are all taken as 0: whether
nobody or one person has a value never decides. A level that stays therefore says "at least `base` here", which is no
secret, and a climb says nothing sure. The share is taken with one imaginary person per value, so that a single record
in an empty country does not look like a full cell class.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from hub.errors import Stop

LATTICE = Path(__file__).with_name("lattice.yaml")
Levels = dict[str, int]
Margins = Sequence[NDArray[np.int64]]
"""Persons per value, one array a dimension, at some levels."""


@dataclass(frozen=True)
class Policy:
    """The numbers of lattice.yaml."""

    base: int
    false_positive: float
    leaves_per_person: int
    often_per_person: int
    expected: float
    thin_share: float
    days_closed: int


@dataclass(frozen=True)
class Ladder:
    """One dimension in one country: the values of each level, and where each finest value goes."""

    dimension: str
    values: tuple[tuple[str, ...], ...]
    places: tuple[NDArray[np.int64], ...]

    @property
    def top(self) -> int:
        """The coarsest level."""
        return len(self.values) - 1


@dataclass(frozen=True)
class Cube:
    """What is published of one kind: where it is read, how often it goes out, and what its table looks like."""

    name: str
    """Its table in the release."""
    every: Literal["quarter", "year"]
    source: str
    counts: str
    coarsened: tuple[str, ...]
    columns: tuple[str, ...]
    each: str | None = None
    persons: int = 0

    def period(self, quarter: str) -> str | None:
        """Of which period it goes out with this quarter: itself, or with the last its year, or none."""
        if self.every == "quarter":
            return quarter
        return quarter[:4] if quarter.endswith("Q4") else None

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of its table that say whose number it is, before the dimensions."""
        return (self.every, "country", *([self.each] if self.each else []))


@dataclass(frozen=True)
class Lattice:
    """lattice.yaml, checked."""

    policy: Policy
    cubes: Mapping[str, Cube]
    dimensions: Mapping[str, Sequence[Any]]

    @property
    def tops(self) -> dict[str, int]:
        """The coarsest level of every dimension."""
        return {dimension: len(levels) - 1 for dimension, levels in self.dimensions.items()}

    def ladder(self, dimension: str, country: str, reported: Sequence[str]) -> Ladder:
        """The levels of a dimension, with what the country reported in place of REPORTED (and itself) or FOUND."""
        first, *further = self.dimensions[dimension]
        own = {"REPORTED": {*reported, country}, "FOUND": set(reported)}
        values = [tuple(sorted(own[first])) if isinstance(first, str) else tuple(first)]
        places = [np.arange(len(values[0]), dtype=np.int64)]
        for groups in further:
            named = {country if name == "COUNTRY" else name: parts for name, parts in groups.items()}
            target = {part: i for i, parts in enumerate(named.values()) for part in _parts(parts, values[-1])}
            if target.keys() != set(values[-1]):
                raise Stop(
                    f"lattice.yaml: a level of {dimension} does not place every value of the level before it once"
                )
            step = np.array([target[value] for value in values[-1]], dtype=np.int64)
            values.append(tuple(named))
            places.append(step[places[-1]])
        return Ladder(dimension, tuple(values), tuple(places))


def read_lattice(path: Path = LATTICE) -> Lattice:
    """The lattice and its policy."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    cubes = {name: _cube(name, **says) for name, says in data["cubes"].items()}
    for cube in cubes.values():
        if set(cube.columns) != set(cube.coarsened):
            raise Stop(f"lattice.yaml: the columns of {cube.name} are not the dimensions that it coarsens")
    return Lattice(Policy(**data["policy"]), cubes, data["dimensions"])


def choose(
    ladders: Sequence[Ladder], floor: Mapping[str, int], measure: Callable[[Levels], Margins], policy: Policy
) -> tuple[Levels, NDArray[np.bool_]]:
    """The levels to publish, never finer than `floor`, and which cell classes are thin at them."""
    levels = {ladder.dimension: floor.get(ladder.dimension, 0) for ladder in ladders}
    while True:
        margins = measure(levels)
        thin = thin_classes(margins, policy)
        climbs = [ladder.dimension for ladder in ladders if levels[ladder.dimension] < ladder.top]
        if not climbs or _share(margins, thin, policy) <= policy.thin_share:
            return levels, thin
        levels[min(climbs, key=levels.__getitem__)] += 1


def thin_classes(margins: Margins, policy: Policy) -> NDArray[np.bool_]:
    """For every cell of the domain, in row-major order, whether too few persons are expected in it."""
    total = max(int(margins[0].sum()), 1)
    parts = [_known(margin, policy) / total for margin in margins]
    expected = reduce(np.multiply.outer, parts, np.array(float(total))).ravel()
    return np.asarray(expected < policy.expected * (1 - 1e-9), dtype=np.bool_)


def _share(margins: Margins, thin: NDArray[np.bool_], policy: Policy) -> float:
    """The part of the persons that the margins put into thin classes, with one imaginary person per value."""
    parts = [_known(margin, policy) + 1.0 for margin in margins]
    mass = reduce(np.multiply.outer, [part / part.sum() for part in parts], np.array(1.0)).ravel()
    return float(mass[thin].sum())


def _known(margin: NDArray[np.int64], policy: Policy) -> NDArray[np.int64]:
    return np.where(margin < policy.base, 0, margin)


def _cube(name: str, *, coarsened: Sequence[str], columns: Sequence[str], **says: Any) -> Cube:
    return Cube(name, coarsened=tuple(coarsened), columns=tuple(columns), **says)


def _parts(parts: str | Sequence[str], before: Sequence[str]) -> Sequence[str]:
    return before if parts == "*" else parts
