"""Refused rows of one delivery, read once more by a mended adapter: those that pass leave as a delivery of their own.

At the partner: its key opens them, and nobody else's. Rows that fail again stay where they are.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from msgspec import UNSET

from hub import __version__
from hub.adapters.base import Adapter, Problem, Record, Rejected, Reopening
from hub.adapters.mapping import MappingAdapter
from hub.adapters.table import Damaged
from hub.edge.deliver import Sender
from hub.edge.digest import adapter_digest
from hub.edge.kept import Kept
from hub.edge.leaving import Aside
from hub.edge.rows import Origin, row_reader
from hub.edge.seal import CHUNK_ROWS, Readers, Sealer
from hub.edge.tokens import People, TokenSource
from hub.edge.twice import Copies, Held, standing
from hub.events.wire import NO_PERIOD, Chunk, Delivery, End, Header, named_epochs

NOT_BY_MAPPING = frozenset({"not-text", "row-shape", "contradicts-row"})
"""What no adapter can mend: the bytes, the lines, or which of two rows is right. The file must come again."""


class Passed(NamedTuple):
    """What leaves after all: where the rows stood, and their delivery."""

    positions: tuple[str, ...]
    delivery: Delivery


def as_record(row: Kept, rules: Set[str]) -> Record:
    """A row as it was kept → the record that it was, with whatever was lost of it. `rules`: those that it broke."""
    position, data, _ = row
    texts = isinstance(data, list) and all(isinstance(each, str) for each in data)
    torn = texts and len(data) == len(Damaged._fields) and data[0] in rules
    return Record(position, Damaged(*data) if torn else data)


def again(adapter: Adapter, row: Kept, rules: Set[str]) -> Record | None:
    """The record as the adapter read it; None where only the file itself has all of it."""
    record = as_record(row, rules)
    if rules & NOT_BY_MAPPING or not row.whole or isinstance(record.data, Damaged):
        return None
    if isinstance(adapter, Reopening):
        data = adapter.reopened(record.data)
        return None if data is None else Record(row.position, data)
    return record if not isinstance(adapter, MappingAdapter) or _rows(record) else None


def _rows(record: Record) -> list[dict[str, str]]:
    """The rows of a table that a record was made of, one or several; none, if it is of no table."""
    rows = record.data if isinstance(record.data, list) else [record.data]
    return rows if all(isinstance(row, dict) for row in rows) else []


def replay(
    adapter: Adapter,
    records: Sequence[Record],
    sender: Sender,
    of: str,
    aside: Aside,
    *,
    tokens: TokenSource,
    readers: Readers,
    echo: Callable[[str], None] = lambda _line: None,
) -> Passed | None:
    """The records of delivery `of` that pass, sealed. None where none does. What fails again goes to `aside`."""
    origin = Origin(sender.country, tokens, People(tokens), (), echo)
    read = row_reader(adapter, origin, Copies())
    held = list[Held]()
    columns = adapter.mapping.columns() if isinstance(adapter, MappingAdapter) else frozenset[str]()
    for record in records:
        try:
            if columns and (lacking := sorted({name for row in _rows(record) for name in columns - row.keys()})):
                raise Rejected.all_of([("column-missing", name) for name in lacking])
            held.append(Held(record.position, read(record), record.data))
        except Rejected as rejected:
            aside(record.position, record.data, rejected.problems)
    stands = []
    for row, chosen in standing(held):
        if chosen:
            stands.append(row)
        else:
            aside(row.position, row.data, [Problem("contradicts-row", "key")])
    if not stands:
        return None
    header = Header(
        *(secrets.token_hex(16), sender.partner, sender.country, adapter.name, __version__, False),
        epochs=named_epochs(tokens.epochs),
        links=tokens.links or UNSET,
        replays=of,
    )
    positions = tuple(row.position for row in stands)
    return Passed(positions, Delivery(header, _parts(Sealer(header, readers), stands, origin, adapter_digest(adapter))))


def _parts(sealer: Sealer, stands: Sequence[Held], origin: Origin, mapping: str) -> Iterator[Chunk | End]:
    for start in range(0, len(stands), CHUNK_ROWS):
        yield sealer.rows([row.sealable for row in stands[start : start + CHUNK_ROWS]])
    yield sealer.end(
        rows=len(stands),
        complete=False,
        covers=tuple(sorted({row.sealable.row.period for row in stands} - {NO_PERIOD})),
        refusals=[],
        refused=[],
        unlinked=origin.people.unlinked,
        mapping=mapping,
        passed=tuple(row.position for row in stands),
    )
