"""The rows of a chunk as dictionary-encoded columns: each distinct text once, and an index a row.

What a chunk holds is small, quick to write, and quick to check: the hub looks at each distinct value, not at each row.
"""

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Annotated, NamedTuple

import msgspec
from pydantic import ConfigDict, TypeAdapter

from hub.events import MODELS
from hub.events.base import Code, Period
from hub.events.facts import Coded, StatedFact, Values, checked_value, shape_of

MOST = 65_535
"""Rows of a chunk, and distinct values of a column: what two bytes can count."""
ORDER = {topic: place for place, topic in enumerate(MODELS)}
"""Facts of one record stand in the catalogue's order: sent before received, received before accepted."""


WHOLE = "whole"
"""Stands for the period of a row that is in none, and that says all there is about its record.

What was said of it before and is not in the row is retracted, in a partial delivery too; with no facts, all of it.
"""


class Row(NamedTuple):
    """A statement without its names: the period a complete delivery would cover it in, and its facts.

    No facts: the record is still stated, but its row was refused; with `WHOLE` as its period, it is taken back.
    """

    period: str
    facts: tuple[Coded, ...]


class Column(msgspec.Struct, array_like=True, frozen=True):
    """`values` holds each distinct text; `index` two bytes an entry, little-endian, 0 for nothing."""

    values: list[bytes]
    index: bytes


class Table(msgspec.Struct, array_like=True, frozen=True):
    """All facts of one type: in which row each stands (two bytes), which part it is, and its fields."""

    topic: str
    rows: bytes
    parts: Column
    fields: dict[str, Column]


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """A chunk's rows."""

    count: Annotated[int, msgspec.Meta(ge=0, le=MOST)]
    periods: Column
    tables: list[Table]


class Stated(NamedTuple):
    """A chunk as the hub reads it, one entry a row.

    `dated`: the days of a row's facts, or the periods that they count, JSON texts side by side.
    """

    periods: list[str]
    """A row that says all there is about its record has `WHOLE`."""
    facts: list[tuple[StatedFact, ...]]
    dated: list[bytes]
    personal: list[bool | None]
    """Whether the row is about a person; None where it states nothing."""
    topics: frozenset[str]


def pack_rows(rows: Sequence[Row]) -> bytes:
    """Rows as MessagePack. Raises ValueError for more than a chunk can hold."""
    if len(rows) > MOST:
        raise ValueError("too many rows for one chunk")
    grouped: dict[str, tuple[list[int], list[bytes], list[Values]]] = {}
    for number, row in enumerate(rows):
        for topic, part, values in row.facts:
            group = grouped.get(topic)
            if group is None:
                group = grouped[topic] = ([], [], [])
            group[0].append(number)
            group[1].append(part.encode())
            group[2].append(values)
    tables = [_table(topic, *grouped[topic]) for topic in sorted(grouped, key=ORDER.__getitem__)]
    packed = Packed(len(rows), _column([row.period.encode() for row in rows]), tables)
    return msgspec.msgpack.encode(packed)


def _table(topic: str, rows: list[int], parts: list[bytes], values: list[Values]) -> Table:
    shape = shape_of(topic)
    fields = {}
    for name, prefix, column in zip(shape.fields, shape.prefixes, zip(*values, strict=True), strict=True):
        packed = _column(column)
        if packed.values:
            fields[name] = Column([entry[len(prefix) :] for entry in packed.values], packed.index)
    return Table(topic, _bytes_of(rows), _column(parts), fields)


def _column(entries: Iterable[bytes]) -> Column:
    known: dict[bytes, int] = {b"": 0}
    index = [known.setdefault(entry, len(known)) for entry in entries]
    if len(known) > MOST:
        raise ValueError("too many values for one chunk")
    return Column(list(known)[1:], _bytes_of(index))


def unpack_rows(packed: bytes) -> Stated:
    """The rows of a chunk, every value checked. Raises ValueError for anything that `pack_rows` would not make."""
    chunk = _PACKED.decode(packed)
    count = chunk.count
    facts: list[tuple[StatedFact, ...]] = [()] * count
    dated = [b""] * count
    personal: list[bool | None] = [None] * count
    _PERIODS.validate_python([period for raw in chunk.periods.values if (period := raw.decode()) != WHOLE])
    topics = frozenset(table.topic for table in chunk.tables)
    stated = Stated([raw.decode() for raw in _entries(chunk.periods, count)], facts, dated, personal, topics)
    places = [ORDER.get(table.topic, -1) for table in chunk.tables]
    if places != sorted(set(places)) or -1 in places:
        raise ValueError("types that nobody knows, or in another order")
    for table in chunk.tables:
        _add(table, stated, count)
    return stated


def _add(table: Table, stated: Stated, count: int) -> None:
    rows = _numbers(table.rows)
    if not rows or max(rows) >= count:
        raise ValueError("a fact of no row")
    days, made = _facts(table, len(rows))
    about = shape_of(table.topic).model.personal
    facts, personal, dated = stated.facts, stated.personal, stated.dated
    whole = rows == list(range(count))
    if whole and not any(facts):
        facts[:] = zip(made)
        personal[:] = [about] * count
        dated[:] = days
        return
    for row, day, fact in zip(rows, days, made, strict=True):
        said = facts[row]
        if not said:
            dated[row], personal[row] = day, about
        elif personal[row] is not about or any(fact[1] == other[1] and _same(fact[0], other[0]) for other in said):
            raise ValueError("one fact twice, or an event about a person beside one about nobody")
        else:
            dated[row] += day
        facts[row] = (*said, fact)


def _facts(table: Table, count: int) -> tuple[list[bytes], list[StatedFact]]:
    """The day, or the period that is counted, and the fact of every entry of a table."""
    shape = shape_of(table.topic)
    if not table.fields.keys() <= set(shape.fields):
        raise ValueError("a field that its event has not")
    columns: list[list[bytes]] = []
    days = [b""] * count
    dated = "occurred_on" if "occurred_on" in shape.fields else "period"
    for position, name in enumerate(shape.fields):
        column = table.fields.get(name)
        if column is None:
            if name in shape.required:
                raise ValueError("a field is missing")
            continue
        entries = _entries(
            Column([checked_value(table.topic, position, raw) for raw in column.values], column.index), count
        )
        if name in shape.required and b"" in entries:
            raise ValueError("a field is missing")
        if name == dated:
            days = _entries(column, count)
        columns.append(entries)
    joined: Iterable[bytes] = repeat(b"{}", count)
    if columns:
        joined = map(b"".join, zip(*_in_braces(columns, count), strict=True))
    check_parts([raw.decode() for raw in table.parts.values])
    none = table.parts.index == bytes(2 * count)
    parts = repeat("", count) if none else [raw.decode() for raw in _entries(table.parts, count)]
    made = map(StatedFact, repeat(table.topic, count), parts, joined)
    return days, list(made)


def _in_braces(columns: list[list[bytes]], count: int) -> list[Sequence[bytes]]:
    """Columns of entries, `,"sex":"F"` each, as columns whose texts side by side are JSON: a row's first comma goes."""
    first = columns[0]
    if b"" not in first:
        opened = {entry: b"{" + entry[1:] for entry in {*first}}
        return [list(map(opened.__getitem__, first)), *columns[1:], [b"}"] * count]
    texts = map(b"".join, zip(*columns, strict=True))
    return [[b"{" + text[1:] + b"}" for text in texts]]


def check_parts(parts: list[str]) -> None:
    """Raises ValueError for a part that could say something: it is a short code."""
    _PARTS.validate_python(parts)


def _same(topic: str, other: str) -> bool:
    return topic[: topic.rindex(".v")] == other[: other.rindex(".v")]


def _entries(column: Column, count: int) -> list[bytes]:
    """A column, one text a row."""
    numbers = _numbers(column.index)
    if len(numbers) != count:
        raise ValueError("a column of another length")
    texts = [b"", *column.values]
    try:
        return [texts[number] for number in numbers]
    except IndexError:
        raise ValueError("an index of no value") from None


def _numbers(raw: bytes) -> list[int]:
    if len(raw) % 2:
        raise ValueError("half a number")
    numbers = array("H")
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def _bytes_of(numbers: list[int]) -> bytes:
    made = array("H", numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


_QUIET = ConfigDict(hide_input_in_errors=True)
_PARTS, _PERIODS = TypeAdapter(list[Code], config=_QUIET), TypeAdapter(list[Period], config=_QUIET)
_PACKED: msgspec.msgpack.Decoder[Packed] = msgspec.msgpack.Decoder(Packed)
