"""A table → chunks, in two passes: the first finds what is named twice, the second sends all else as it comes."""

import json
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import add
from typing import BinaryIO, TypeVar

from hub.adapters.base import Record
from hub.adapters.joining import joined
from hub.adapters.mapping import MappingAdapter
from hub.adapters.table import BLOCK_ROWS, Block
from hub.edge.blocks import BlockCoder, Coarse
from hub.edge.coding import Terms
from hub.edge.figures import of_figures
from hub.edge.leaving import Leaving
from hub.edge.packing import Packing
from hub.edge.rows import Origin, latest_day, record_kind, row_reader
from hub.edge.seal import CHUNK_ROWS, Sealable, Sealer
from hub.edge.twice import Copies, named_twice
from hub.edge.uncoded import Uncoded
from hub.events.wire import NO_PERIOD, Chunk

T = TypeVar("T")


def of_table(
    adapter: MappingAdapter, source: BinaryIO, origin: Origin, leaving: Leaving, sealer: Sealer
) -> Iterator[Chunk]:
    """The chunks of a table. Raises Rejected, before the first, for a table that the adapter cannot read as a whole."""
    if adapter.mapping.about_nobody:
        of_figures(adapter, source, origin, leaving)
        return
    start = source.tell()
    size = source.seek(0, 2) - start
    source.seek(start)
    twice = named_twice((adapter.records(block).texts for block in adapter.blocks(source, names_only=True)), size)
    source.seek(start)
    table = _Table(adapter, origin, leaving, twice)
    for block in adapter.blocks(source):
        table.add(block)
        if table.packing.count > CHUNK_ROWS - BLOCK_ROWS:
            yield sealer.chunk(table.take_tokens(), table.packing.take())
    if table.packing.count:
        yield sealer.chunk(table.take_tokens(), table.packing.take())
    table.join()
    leaving.settle(json.loads)
    table.uncoded.tell(origin.echo)


class _Table:
    """The second pass."""

    def __init__(self, adapter: MappingAdapter, origin: Origin, leaving: Leaving, twice: frozenset[int]) -> None:
        self._adapter, self._origin, self._leaving, self._twice = adapter, origin, leaving, twice
        self._kind = record_kind(adapter.name, adapter.mapping.record)
        self._scheme = adapter.mapping.who.scheme if adapter.mapping.who else ""
        self._keyed = adapter.mapping.key != "content"
        self._copies = Copies(twice)
        terms = Terms(origin.country, adapter.grain, origin.periods, latest_day())
        self._coder = BlockCoder(adapter, terms)
        self._read = row_reader(adapter, origin, self._copies)
        self.packing = Packing(self._coder.rules)
        self.uncoded = Uncoded(adapter.rules)
        self._tokens: list[bytes] = []
        self._together: dict[str, list[tuple[str, str]]] = {}
        """Rows of records that others may speak of too, where several rows make a record: position and content."""

    def take_tokens(self) -> bytes:
        """The tokens of the rows in `packing`, in their order."""
        tokens = b"".join(self._tokens)
        self._tokens.clear()
        return tokens

    def add(self, block: Block) -> None:
        """The rows of a block: into the packing, or one by one."""
        self.uncoded.add(block)
        coarse = self._coder.code(block)
        waiting = self._waiting(coarse)
        if self._adapter.joins:
            together, waiting = waiting - coarse.keyless, set()
            self._keep(block, coarse, together)
        else:
            together, waiting = set(), waiting - coarse.unusual
        aside = coarse.unusual | waiting | together
        stays = [row not in aside for row in range(len(block.rows))] if aside else None
        if len(aside) < len(block.rows):
            self._tokens.append(b"".join(self._names(block, coarse, stays)))
            self.packing.add(coarse, stays)
            self._leaving.count([period or NO_PERIOD for period in _only(coarse.periods, stays)])
        self._hold(block, coarse, waiting)
        self._one_by_one(block, sorted(coarse.unusual - together))
        self._leaving.came(len(block.rows) + len(block.damaged))

    def join(self) -> None:
        """No other row comes: each record of several rows is read with care, from all of them."""
        for rows in self._together.values():
            record = joined([Record(position, json.loads(data)) for position, data in rows])
            if sealable := self._leaving.read(self._read, record):
                self._leaving.state(sealable)
        if several := sum(len(rows) > 1 for rows in self._together.values()):
            self._origin.echo(f"{several:,} records stand in several rows each: these were read with care")
        self._together.clear()

    def _keep(self, block: Block, coarse: Coarse, rows: set[int]) -> None:
        for row in sorted(rows):
            record = block.record(row)
            self._together.setdefault(coarse.records[row], []).append((record.position, json.dumps(record.data)))

    def _waiting(self, coarse: Coarse) -> set[int]:
        """Rows whose record may be named by another row too. Rows without a key never speak of one record."""
        if not self._keyed or self._twice.isdisjoint(map(hash, coarse.records)):
            return set()
        return {row for row, name in enumerate(coarse.records) if hash(name) in self._twice}

    def _hold(self, block: Block, coarse: Coarse, rows: set[int]) -> None:
        if not rows:
            return
        chosen = [row in rows for row in range(len(block.rows))]
        places = self._coder.places(coarse, rows)
        for row, tokens in zip(sorted(rows), self._names(block, coarse, chosen), strict=True):
            record = block.record(row)
            sealable = Sealable(tokens, self._coder.row(coarse, row, places))
            self._leaving.wait(record.position, sealable, json.dumps(record.data))

    def _one_by_one(self, block: Block, rows: list[int]) -> None:
        for row in rows:
            record = block.record(row)
            if sealable := self._leaving.read(self._read, record):
                self._leaving.wait(record.position, sealable, json.dumps(record.data))
        for line, damaged in block.damaged:
            self._leaving.read(self._read, Record(block.position(line), damaged))

    def _names(self, block: Block, coarse: Coarse, chosen: Sequence[bool] | None) -> list[bytes]:
        """The tokens of the chosen rows' records and persons, side by side."""
        tokens, keys = self._origin.tokens, _only(coarse.records, chosen)
        if not self._keyed:
            keys = [self._copies.key(content) for content in keys]
        records = tokens.records(self._kind, keys)
        if coarse.persons is None:
            persons: Sequence[bytes | None] = tokens.unknown_persons(self._kind, keys)
        else:
            named: list[str | None] = [*coarse.persons]
            for row in self._adapter.kept_apart(block) if tokens.links else ():
                named[row] = None
            persons = self._origin.people.tokens(self._scheme, _only(named, chosen))
            if None in {*persons}:
                unknown = [key for key, person in zip(keys, persons, strict=True) if person is None]
                made = iter(tokens.unknown_persons(self._kind, unknown))
                persons = [person or next(made) for person in persons]
        return list(map(add, records, persons))


def _only(values: Sequence[T], chosen: Sequence[bool] | None) -> Sequence[T]:
    return values if chosen is None else list(compress(values, chosen))
