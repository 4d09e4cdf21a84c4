"""One rule of a mapping, for columns: what a field says is worked out once for each text, then looked up.

A field's entry is made by the functions that read one row (`rows`): the mapping's, the generalising rules, the event's
own schema. Where anything is unusual there is None: the row is then read that way, where every problem gets its name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial, reduce
from itertools import compress, repeat
from operator import and_
from typing import Any, NamedTuple

from pydantic import ValidationError

from hub.adapters.choosing import Holds
from hub.adapters.fields import Problems, Row
from hub.adapters.mapping import CompiledFact, CompiledField, exact_values
from hub.adapters.mapping_file import GENERALISED
from hub.adapters.names import JOINT
from hub.adapters.part_numbers import is_numbering
from hub.edge.cut import Cut, cut_of
from hub.edge.generalise import RULES, UNFIT, age_band, day_of
from hub.edge.memo import Memo
from hub.events import NEWEST
from hub.events.facts import Shape, code_value, shape_of
from hub.events.periods import Grain, period_of

Cells = Mapping[str, Sequence[str]]
"""The columns of a block by their names."""
Fields = tuple[CompiledField, ...]
WHEN = ("occurred_on", "occurred_precision")
NOT_BORN = 10**9
"""Stands for a birth date that is not there: a day after all days, so that the age is one that nobody has."""


class Terms(NamedTuple):
    """What holds for a whole delivery. `periods`: those it is about, if that was said; `latest`: a fact's last day."""

    country: str
    grain: Grain
    periods: tuple[str, ...]
    latest: date


class Said(NamedTuple):
    """What rows of a block state by one rule, side by side: a column for each of the rule's `fields`.

    A period is None where it is none of those that the delivery is about.
    """

    rows: Sequence[int]
    parts: Sequence[str]
    periods: Sequence[str | None]
    columns: list[list[bytes]]


class _Lookup(NamedTuple):
    """What the cells of some columns mean, those of a row joined to one text."""

    columns: tuple[str, ...]
    memo: Memo[str, Any]

    def of(self, cells: Cells, chosen: Sequence[bool] | None, count: int) -> list[Any]:
        """The meanings in the `count` chosen rows."""
        picked = [cells[name] if chosen is None else compress(cells[name], chosen) for name in self.columns]
        if len(picked) == 1:
            return self.memo.of(picked[0])
        return self.memo.of(map(JOINT.join, zip(*picked, strict=True)) if picked else repeat("", count))


class RuleCoder:
    """One rule of the mapping, in one delivery."""

    def __init__(self, rule: CompiledFact, terms: Terms) -> None:
        shape = shape_of(NEWEST[rule.event].topic())
        when = tuple(field for field in rule.fields if field.name in WHEN)
        born = tuple(field for field in rule.fields if field.name == "birth_on")
        stated: list[tuple[str, Fields]] = [
            (GENERALISED.get(f.name, f.name), (f,)) for f in rule.fields if f not in (*when, *born)
        ]
        stated += [(name, when) for name in WHEN]
        lookups = {name: _lookup(fields, partial(_entry, name, shape, terms, fields)) for name, fields in stated}
        cut = cut_of(shape.topic)
        known = [name for at, name in enumerate(shape.fields) if name in lookups and at in cut.allowed]
        self.topic, self.event, self.shape = shape.topic, rule.event, shape
        self.fields = [shape.fields.index(name) for name in known]
        self._tests = [_row_lookup(columns, partial(_tested, holds)) for columns, holds in rule.tests]
        self._part = _Lookup((rule.part,), Memo(_part)) if rule.part else None
        self._own_part = rule.own_part
        self._period = _lookup(when, partial(_period, terms, partial(_entry, "occurred_on", shape, terms, when)))
        self._entries = [lookups[name] for name in known]
        self._silent = [lookup for name, lookup in lookups.items() if name not in known]
        """Fields that do not leave. A row that states one that the event does not have, or wrongly, is refused."""
        self._ages = _Ages(shape, when, born) if born else None
        if self._ages and "age_band" in shape.fields and (band := shape.fields.index("age_band")) in cut.allowed:
            self.fields.append(band)
        self._places = _Places(cut, cut.place, self.fields) if cut.place in self.fields else None
        self._allowed = bool(cut.allowed)

    def say(self, cells: Cells, count: int, unusual: set[int]) -> Said:
        """What the rows of a block state. Adds to `unusual` the rows that are to be read with care."""
        chosen = self._chosen(cells, count, unusual)
        rows: Sequence[int] = range(count)
        if chosen is not None:
            rows = list(compress(rows, chosen))
            count = len(rows)
        if not self._allowed:
            unusual.update(rows)

        def mark(values: list[Any]) -> None:
            unusual.update(row for row, value in zip(rows, values, strict=True) if value is None)

        def look(lookup: _Lookup) -> list[Any]:
            values = lookup.of(cells, chosen, count)
            if lookup.memo.unusual:
                mark(values)
            return values

        parts: Sequence[str] = look(self._part) if self._part else [self._own_part] * count
        columns = [look(lookup) for lookup in self._entries]
        for lookup in self._silent:
            look(lookup)
        if self._ages:
            bands = self._ages.of(cells, chosen, count)
            if self._ages.unusual:
                mark(bands)
            if len(columns) < len(self.fields):
                columns.append(bands)
        if self._places:
            columns[self._places.at] = self._places.of(columns, count)
        return Said(rows, parts, self._period.of(cells, chosen, count), columns)

    def _chosen(self, cells: Cells, count: int, unusual: set[int]) -> list[bool] | None:
        """Which rows the rule's conditions choose. None: all of them. A row that they cannot read is `unusual`."""
        chosen: list[bool] | None = None
        for test in self._tests:
            passed = test.of(cells, None, count)
            if test.memo.unusual:
                unusual.update(row for row, holds in enumerate(passed) if holds is None)
                passed = list(map(bool, passed))
            chosen = passed if chosen is None else list(map(and_, chosen, passed))
        return None if chosen is None or all(chosen) else chosen


class _Ages:
    """Age bands from days as numbers, such as 20250331: the age is the difference, in units of a year, rounded down."""

    def __init__(self, shape: Shape, when: Fields, born: Fields) -> None:
        self._when = _lookup(when, partial(_number, when, "occurred_on", 0))
        self._born = _lookup(born, partial(_number, born, "birth_on", NOT_BORN))
        self._bands: Memo[int, bytes] = Memo(partial(_band, shape))

    @property
    def unusual(self) -> bool:
        """Whether the last column had a None."""
        return self._bands.unusual

    def of(self, cells: Cells, chosen: Sequence[bool] | None, count: int) -> list[Any]:
        """The entries of `age_band`, or None."""
        when, born = self._when.of(cells, chosen, count), self._born.of(cells, chosen, count)
        return self._bands.of([(on - birth) // 10_000 for on, birth in zip(when, born, strict=True)])


class _Places:
    """Regions that may leave, from what the other columns say."""

    def __init__(self, cut: Cut, place: int, fields: Sequence[int]) -> None:
        self.at = fields.index(place)
        """The region's column."""
        self._counted = [fields.index(at) if at in fields else None for at in (cut.sex, cut.age)]
        stated = [at for at in cut.asked if at in fields]
        never = (cut.met(at, b"") for at in cut.asked if at not in fields)
        self._met = reduce(and_, never, cut.every)
        self._asked = [(fields.index(at), Memo(partial(_met, cut, at))) for at in stated if self._met]
        self._memo: Memo[tuple[bytes, bytes, bytes, int], bytes] = Memo(partial(_placed, cut))

    def of(self, columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
        """The entries of `region`."""
        sex, age = (repeat(b"", count) if at is None else columns[at] for at in self._counted)
        met: Iterable[int] = repeat(self._met, count)
        for at, memo in self._asked:
            met = map(and_, met, memo.of(columns[at]))
        return self._memo.of(zip(columns[self.at], sex, age, met, strict=True))


def _met(cut: Cut, at: int, entry: bytes | None) -> int:
    return 0 if entry is None else cut.met(at, entry)


def _placed(cut: Cut, said: tuple[bytes, bytes, bytes, int]) -> bytes:
    return b"" if None in said else cut.region(*said)  # a row with None is read with care


def _lookup(fields: Fields, make: Callable[[Row], Any]) -> _Lookup:
    return _row_lookup(tuple(dict.fromkeys(column for field in fields for column in field.columns)), make)


def _row_lookup(columns: tuple[str, ...], make: Callable[[Row], Any]) -> _Lookup:
    def made(text: str) -> Any:
        texts = [text] if len(columns) == 1 else text.split(JOINT) if columns else []
        # A cell that holds the joint itself: which cell that was only the row knows.
        return make(dict(zip(columns, texts, strict=True))) if len(texts) == len(columns) else None

    return _Lookup(columns, Memo(made))


def _entry(name: str, shape: Shape, terms: Terms, fields: Fields, row: Row) -> bytes | None:
    """The entry of one field of the event, or None where the row has a problem with it."""
    problems: Problems = []
    data = exact_values(fields, row, problems)
    try:
        for exact, rule in RULES.items():
            if exact in data:
                rule(data, terms.country)
        if problems or not data.keys() <= {*shape.fields}:
            return None
        if name not in shape.fields:
            return b""
        position = shape.fields.index(name)
        entry = cut_of(shape.topic).entry(position, code_value(shape.topic, position, data.get(name)))
    except (*UNFIT, ValidationError):
        return None
    if not entry and name in shape.required:
        return None
    return None if name == "occurred_on" and day_of(entry) > terms.latest else entry


def _period(terms: Terms, entry: Callable[[Row], bytes | None], row: Row) -> str | None:
    """The period of the day on which the fact happened, if it is a wanted one."""
    when = entry(row)
    period = period_of(day_of(when), terms.grain) if when else None
    return period if not terms.periods or period in terms.periods else None


def _number(fields: Fields, name: str, absent: int, row: Row) -> int:
    """A day as a number; 0 for what is none, which gives an age that nobody has."""
    problems: Problems = []
    day = exact_values(fields, row, problems).get(name)
    if day is None and not problems:
        return absent
    return day.year * 10_000 + day.month * 100 + day.day if isinstance(day, date) else 0


def _band(shape: Shape, years: int) -> bytes | None:
    if years < -NOT_BORN // 20_000:
        return b""
    try:
        return code_value(shape.topic, shape.fields.index("age_band"), age_band(years))
    except ValueError:  # no age, or an event that has no field for one
        return None


def _part(text: str) -> str | None:
    part = text.strip()
    return part if is_numbering(part) else None


def _tested(holds: Holds, row: Row) -> bool | None:
    problems: Problems = []
    held = holds(row, problems)
    return None if problems else held
