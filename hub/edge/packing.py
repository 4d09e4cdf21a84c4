"""Blocks of rows → a chunk's columns, as `columns.pack_rows` makes them of rows one by one."""

from collections.abc import Iterable, Sequence
from itertools import compress
from struct import pack
from typing import TypeVar

import msgspec

from hub.edge.blocks import Coarse
from hub.edge.coding import RuleCoder
from hub.events.columns import MOST, ORDER, Column, Packed, Table
from hub.events.facts import shape_of
from hub.events.wire import NO_PERIOD

T = TypeVar("T")


class Packing:
    """Gathers what blocks say until it makes a chunk."""

    def __init__(self, rules: Sequence[RuleCoder]) -> None:
        self._rules = rules
        self._clear()

    def _clear(self) -> None:
        self.count = 0
        self._periods: list[str | None] = []
        self._rows: list[list[int]] = [[] for _ in self._rules]
        self._parts: list[list[str]] = [[] for _ in self._rules]
        self._columns: list[list[list[bytes]]] = [[[] for _ in rule.fields] for rule in self._rules]

    def add(self, coarse: Coarse, leaving: Sequence[bool] | None) -> None:
        """The rows of a block that leave; None: all of them."""
        count = len(coarse.records) if leaving is None else sum(leaving)
        numbers: Sequence[int] = range(self.count, self.count + count)
        if leaving is not None:
            place = iter(numbers)
            numbers = [next(place) if leaves else -1 for leaves in leaving]
        self._periods += _chosen(coarse.periods, leaving)
        for said, rows, parts, columns in zip(coarse.said, self._rows, self._parts, self._columns, strict=True):
            stays = None if leaving is None else [leaving[row] for row in said.rows]
            rows += [numbers[row] for row in _chosen(said.rows, stays)]
            parts += _chosen(said.parts, stays)
            for column, entries in zip(columns, said.columns, strict=True):
                column += _chosen(entries, stays)
        self.count += count

    def take(self) -> bytes:
        """All rows since the last time, packed."""
        topics = sorted({rule.topic for rule in self._rules}, key=ORDER.__getitem__)
        tables = [table for topic in topics if (table := self._table(topic)) is not None]
        packed = Packed(self.count, _column([(period or NO_PERIOD).encode() for period in self._periods]), tables)
        self._clear()
        return msgspec.msgpack.encode(packed)

    def _table(self, topic: str) -> Table | None:
        """The facts of one type, by whichever rule, in the rows' order."""
        which = [n for n, rule in enumerate(self._rules) if rule.topic == topic and self._rows[n]]
        if not which:
            return None
        shape = shape_of(topic)
        rows = [row for n in which for row in self._rows[n]]
        parts = [part.encode() for n in which for part in self._parts[n]]
        columns: dict[int, list[bytes]] = {}
        for position in range(len(shape.fields)):
            pieces = [self._entries(n, position) for n in which]
            if any(piece is not None for piece in pieces):
                columns[position] = [
                    entry
                    for n, piece in zip(which, pieces, strict=True)
                    for entry in piece or [b""] * len(self._rows[n])
                ]
        if len(which) > 1:
            order = sorted(range(len(rows)), key=rows.__getitem__)
            rows, parts = [rows[n] for n in order], [parts[n] for n in order]
            columns = {position: [column[n] for n in order] for position, column in columns.items()}
        fields = {}
        for position, column in columns.items():
            packed = _column(column)
            if packed.values:
                skip = len(shape.prefixes[position])
                fields[shape.fields[position]] = Column([entry[skip:] for entry in packed.values], packed.index)
        return Table(topic, _bytes_of(rows), _column(parts), fields)

    def _entries(self, rule: int, position: int) -> list[bytes] | None:
        fields = self._rules[rule].fields
        return self._columns[rule][fields.index(position)] if position in fields else None


def _chosen(values: Sequence[T], chosen: Sequence[bool] | None) -> Iterable[T]:
    return values if chosen is None else compress(values, chosen)


class _Numbers(dict[bytes, bytes]):
    """Numbers values as they come, in two bytes: 1, 2, … and 0 for nothing."""

    def __missing__(self, value: bytes) -> bytes:
        made = self[value] = len(self).to_bytes(2, "little")
        return made


def _column(entries: Iterable[bytes]) -> Column:
    numbers = _Numbers({b"": bytes(2)})
    index = b"".join(map(numbers.__getitem__, entries))
    if len(numbers) > MOST:
        raise ValueError("too many values for one chunk")
    return Column(list(numbers)[1:], index)


def _bytes_of(numbers: list[int]) -> bytes:
    return pack(f"<{len(numbers)}H", *numbers)
