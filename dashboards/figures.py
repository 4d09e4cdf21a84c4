"""From published numbers to figures: one value per country and definition, each with a state, and totals of them.

Pure: a release and a choice in, figures out. A country that cannot answer is left out of a total and says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dashboards.data import Release
from dashboards.definitions import ALL, SMALLEST_BASE, Definition
from dashboards.lattice import admitted
from dashboards.records import Delivery


class State(StrEnum):
    """Why a cell holds what it holds. Absence has a name."""

    OK = "OK"
    PARTIAL = "PARTIAL"
    ZERO = "ZERO"
    COARSER = "COARSER"
    DIFFERS = "DIFFERS"
    SMALL = "SMALL"
    MISSING = "MISSING"
    NOT_COLLECTED = "NOT_COLLECTED"


@dataclass(frozen=True)
class Choice:
    """What the reader asks for. `filters`: dimension → option of the lattice; countries are never empty."""

    quarter: str
    countries: tuple[str, ...]
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """A count (`base` is None) or a share (`number` of `base`) with its state; no number where it has none."""

    state: State
    number: int | None = None
    base: int | None = None
    whole: int | None = None
    """The base together with what the definition leaves out: the only base that a coarser level can tell."""

    @property
    def share(self) -> float | None:
        """The share, unless it is hidden or there is none."""
        if self.number is None or not self.base or self.base < SMALLEST_BASE:
            return None
        return self.number / self.base


@dataclass(frozen=True)
class Country:
    """One country's values by definition code, and which of its partners delivered."""

    code: str
    values: Mapping[str, Value]
    delivered: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    """A sum over the countries that answer, and the others, each with its reason."""

    value: Value
    countries: tuple[str, ...]
    left_out: Mapping[str, State]


@dataclass(frozen=True)
class Change:
    """A total against the quarter before, over the countries and partners that stand in both."""

    now: Value
    before: Value
    countries: tuple[str, ...]


def partners(deliveries: Iterable[Delivery], quarter: str, country: str | None = None) -> tuple[set[str], set[str]]:
    """Who delivered everything they ever deliver for this quarter, and who did not."""
    ours = [one for one in deliveries if country in (None, one.country)]
    expected = {(one.partner, one.dataset) for one in ours}
    here = {(one.partner, one.dataset) for one in ours if one.quarter == quarter}
    missing = {partner for partner, _ in expected - here}
    return {partner for partner, _ in expected} - missing, missing


def countries(release: Release, choice: Choice) -> list[Country]:
    """Every chosen country with all its values."""
    deliveries = release.deliveries()
    said = {cube: _Said(release, cube, choice) for cube in ("referrals", "contacts")}
    found = []
    for code in choice.countries:
        delivered, missing = partners(deliveries, choice.quarter, code)
        stated = {one.state for one in deliveries if (one.country, one.quarter) == (code, choice.quarter)}
        values = {one.code: said[one.cube].value(one, code, stated, bool(missing)) for one in ALL}
        found.append(Country(code, values, tuple(sorted(delivered)), tuple(sorted(missing))))
    return found


def total(rows: Iterable[Country], definition: Definition, *, coarse: bool = False) -> Total:
    """The sum over the countries that answer, all by one definition: by the coarser one as soon as one needs it."""
    values = {row.code: row.values[definition.code] for row in rows}
    answers = {code: value for code, value in values.items() if value.number is not None}
    left_out = {code: value.state for code, value in values.items() if value.number is None}
    if not answers:
        return Total(Value(State.NOT_COLLECTED), (), left_out)
    number = sum(value.number or 0 for value in answers.values())
    if not definition.is_share:
        return Total(Value(State.OK, number), tuple(answers), left_out)
    coarse = coarse or needs_coarse(answers.values())
    base = sum((value.whole if coarse else value.base) or 0 for value in answers.values())
    state = State.DIFFERS if coarse else State.SMALL if base < SMALLEST_BASE else State.OK
    return Total(Value(state, number, base), tuple(answers), left_out)


def needs_coarse(values: Iterable[Value]) -> bool:
    """Whether one of these can be told by the coarser definition only."""
    return any(value.state is State.DIFFERS for value in values)


def change(now: list[Country], before: list[Country], definition: Definition) -> Change | None:
    """Both quarters' totals over the countries that answer in both with the same partners; None if there is none."""
    earlier = {row.code: row for row in before}
    same = {row.code for row in now if row.code in earlier and row.delivered == earlier[row.code].delivered}
    both = [total([row for row in rows if row.code in same], definition) for rows in (now, before)]
    common = tuple(code for code in both[0].countries if code in both[1].countries)
    if not common:
        return None
    sides = [[row for row in rows if row.code in common] for rows in (now, before)]
    coarse = needs_coarse(row.values[definition.code] for rows in sides for row in rows)
    ends = [total(rows, definition, coarse=coarse).value for rows in sides]
    if definition.is_share and None in (ends[0].share, ends[1].share):
        return None
    return Change(ends[0], ends[1], common)


class _Said:
    """What a release says about one cube in one quarter under one choice."""

    def __init__(self, release: Release, cube: str, choice: Choice) -> None:
        self.levels = release.levels(cube, choice.quarter)
        self.collected = release.collected(cube)
        everything = release.counts(cube, choice.quarter, {})
        self.published = set(everything)
        self.unanswerable: set[str] = set()
        pairs: dict[str, list[tuple[str, str]]] = {dimension: [] for dimension in choice.filters}
        for dimension, option in choice.filters.items():
            for country in choice.countries:
                codes = admitted(dimension, self.level(country, dimension), option)
                if codes is None:
                    self.unanswerable.add(country)
                pairs[dimension] += [(country, code) for code in codes or ()]
        self.counts = release.counts(cube, choice.quarter, pairs) if pairs else everything

    def level(self, country: str, dimension: str) -> int:
        """How far a country's dimension was coarsened."""
        return self.levels.get(country, {}).get(dimension, 0)

    def value(self, definition: Definition, country: str, stated: set[str], partners_missing: bool) -> Value:
        """A country's value by a definition."""
        if country not in self.collected:
            return Value(State.NOT_COLLECTED)
        published = country in self.published
        if not published and (partners_missing or not stated):
            return Value(State.MISSING)
        if not published and stated == {"ZERO"}:
            return Value(State.ZERO, 0, *((0, 0) if definition.is_share else ()))
        if country in self.unanswerable:
            return Value(State.COARSER)
        state = State.PARTIAL if partners_missing else State.OK
        counts = self.counts.get(country, {})
        if not definition.is_share:
            return Value(state, sum(counts.values()))
        level = self.level(country, "outcome")
        if level not in definition.numerator:
            return Value(State.COARSER)
        number = sum(counts.get(code, 0) for code in definition.numerator[level])
        base = sum(count for code, count in counts.items() if code not in definition.left_out[level])
        if definition.differs_at(level):
            state = State.DIFFERS
        elif base < SMALLEST_BASE:
            state = State.SMALL
        return Value(state, number, base, sum(counts.values()))
