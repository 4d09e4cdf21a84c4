"""A block of rows, as it may leave: names, periods and facts side by side, and the rows that must be read with care."""

from collections import Counter
from collections.abc import Sequence, Set
from typing import NamedTuple

from hub.adapters.mapping import CompiledFact, MappingAdapter
from hub.adapters.table import Block
from hub.edge.coding import RuleCoder, Said, Terms
from hub.events.columns import Row
from hub.events.facts import Coded


class Coarse(NamedTuple):
    """What a block's rows say. What stands at an `unusual` row means nothing. `keyless`: those that name no record."""

    records: list[str]
    persons: list[str] | None
    periods: Sequence[str | None]
    said: list[Said]
    unusual: set[int]
    keyless: set[int]


class BlockCoder:
    """A mapping's rules, in one delivery."""

    def __init__(self, adapter: MappingAdapter, terms: Terms) -> None:
        self._adapter = adapter
        self.rules = [RuleCoder(rule, terms) for rule in adapter.facts]
        self._often = [event for event, parts in _parts(adapter.facts).items() if _may_meet(parts)]

    def code(self, block: Block) -> Coarse:
        """The good rows of a block."""
        count = len(block.rows)
        cells = dict(zip(block.header, zip(*block.rows, strict=True), strict=True)) if count else {}
        records, persons = self._adapter.records(block), self._adapter.persons(block)
        unusual = records.nameless | (persons.nameless if persons else set())
        said = [rule.say(cells, count, unusual) for rule in self.rules] if count else []
        periods = _periods(said, count)
        if None in {*periods}:
            unusual.update(row for row, period in enumerate(periods) if period is None)
        for event in self._often:
            unusual |= _twice([one for one, rule in zip(said, self.rules, strict=True) if rule.event == event])
        return Coarse(records.texts, persons.texts if persons else None, periods, said, unusual, records.nameless)

    def places(self, coarse: Coarse, rows: Set[int]) -> list[dict[int, int]]:
        """Where the facts of some rows stand, by rule."""
        return [{row: at for at, row in enumerate(said.rows) if row in rows} for said in coarse.said]

    def row(self, coarse: Coarse, row: int, places: list[dict[int, int]]) -> Row:
        """One row alone. `places`: see `places`."""
        facts = []
        for rule, said, place in zip(self.rules, coarse.said, places, strict=True):
            if (at := place.get(row)) is not None:
                values = [b""] * len(rule.shape.fields)
                for position, column in zip(rule.fields, said.columns, strict=True):
                    values[position] = column[at]
                facts.append(Coded(rule.topic, said.parts[at], tuple(values)))
        return Row(coarse.periods[row] or "", tuple(facts))


def _parts(facts: Sequence[CompiledFact]) -> dict[str, list[str | None]]:
    """The parts that the rules of each event state; None for one that a column tells."""
    found: dict[str, list[str | None]] = {}
    for fact in facts:
        found.setdefault(fact.event, []).append(None if fact.part else fact.own_part)
    return found


def _may_meet(parts: list[str | None]) -> bool:
    """Whether two rules may state the same part of an event."""
    return len(parts) > 1 and (None in parts or len({*parts}) < len(parts))


def _periods(said: list[Said], count: int) -> Sequence[str | None]:
    """Each row's period, by its first fact. None where there is no fact, or its period is not wanted."""
    if said and len(said[0].rows) == count:
        return said[0].periods
    periods: list[str | None] = [None] * count
    for one in reversed(said):
        for row, period in zip(one.rows, one.periods, strict=True):
            periods[row] = period
    return periods


def _twice(said: list[Said]) -> set[int]:
    """Rows that state one event twice in one part."""
    facts = Counter((row, part) for one in said for row, part in zip(one.rows, one.parts, strict=True))
    return {row for (row, _), times in facts.items() if times > 1}
