"""Refused rows of one delivery, read once more by a mended mapping: those that pass leave as a delivery of their own.

At the partner: its key opens them, and nobody else's. Rows that fail again stay where they are.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from hub import __version__
from hub.adapters.base import Problem, Record, Rejected
from hub.adapters.mapping import MappingAdapter
from hub.adapters.table import Damaged
from hub.edge.deliver import Sender, mapping_digest
from hub.edge.leaving import Aside
from hub.edge.rows import Origin, row_reader
from hub.edge.seal import CHUNK_ROWS, Readers, Sealer
from hub.edge.tokens import People, TokenSource
from hub.edge.twice import Copies, Held, standing
from hub.events.wire import NO_PERIOD, Chunk, Delivery, End, Header, named_epochs, open_sealed

NOT_BY_MAPPING = frozenset({"not-text", "row-shape", "contradicts-row"})
"""What a mapping cannot mend: the bytes, the lines, or which of two rows is right. The file must come again."""
Rows = Sequence[tuple[str, Any]]
"""Position and content of refused rows."""


class Passed(NamedTuple):
    """What leaves after all: where the rows stood, and their delivery."""

    positions: tuple[str, ...]
    delivery: Delivery


def open_rows(sealed: bytes, secret: bytes, delivery: str) -> list[tuple[str, Any]]:
    """The refused rows of a delivery. Raises InvalidTag for another key than that of the partner who sent it."""
    return msgspec.json.decode(open_sealed(sealed, secret, f"{delivery}|refused"), type=list[tuple[str, Any]])


def as_record(position: str, data: Any) -> Record:
    """A row as it was kept → the record that it was."""
    return Record(position, data if _rows(data) else Damaged(*data) if isinstance(data, list) else data)


def _rows(data: Any) -> list[Mapping[str, str]]:
    """The rows of a table that a record was; none for a damaged row, or a record that was no table's."""
    found = data if isinstance(data, list) else [data]
    return found if all(isinstance(row, Mapping) for row in found) else []


def replay(
    adapter: MappingAdapter,
    rows: Rows,
    sender: Sender,
    of: str,
    aside: Aside,
    *,
    tokens: TokenSource,
    readers: Readers,
    echo: Callable[[str], None] = lambda _line: None,
) -> Passed | None:
    """The rows of delivery `of` that pass, sealed. None where none does. What fails again goes to `aside`."""
    origin = Origin(sender.country, tokens, People(tokens), (), echo)
    read = row_reader(adapter, origin, Copies())
    held, columns = list[Held](), adapter.mapping.columns()
    for position, data in rows:
        try:
            if lacking := sorted({name for row in _rows(data) for name in columns - row.keys()}):
                raise Rejected.all_of([("column-missing", name) for name in lacking])
            held.append(Held(position, read(as_record(position, data)), data))
        except Rejected as rejected:
            aside(position, data, rejected.problems)
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
    return Passed(positions, Delivery(header, _parts(Sealer(header, readers), stands, origin, mapping_digest(adapter))))


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
