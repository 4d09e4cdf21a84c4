"""What a replay may not do: say again what a record said before, when the partner has said something else since.

A refused row is as old as the delivery it came in. Its record may have come again since then, mended at the source, or
may have been retracted. Then what is known stands, and the row counts as unchanged.
"""

from collections.abc import Iterable

import msgspec
import numpy as np
import sqlalchemy as sa
from msgspec import UNSET

from hub.errors import Reject
from hub.events.wire import Header, ProvenReceipt
from hub.log import tables
from hub.log.store import LogStore
from hub.log.streams import HEX, events_of

SOME = 5_000


class Replayed:
    """The delivery whose rows are replayed, and when each record was last spoken of."""

    def __init__(self, store: LogStore, connection: sa.Connection, header: Header) -> None:
        """Raises Reject where no such delivery of this partner and dataset came."""
        ledger, made = tables.deliveries.c, tables.edges.c
        rows = connection.execute(
            sa.select(ledger.ordinal, ledger.delivery, ledger.partner, ledger.dataset, ledger.receipt, made.replays)
            .outerjoin(tables.edges, made.delivery == ledger.delivery)
            .where(ledger.receipt.is_not(None))
            .order_by(ledger.ordinal)
        ).all()
        own = next((row for row in rows if row.delivery == header.replays), None)
        if own is None or (own.partner, own.dataset) != (header.partner, header.dataset):
            raise Reject(f"delivery {header.delivery} replays one that never came", "not-refused")
        self._store, self._connection, self._own = store, connection, own.ordinal
        ordinals = {row.delivery: row.ordinal for row in rows}
        ends = [msgspec.json.decode(row.receipt, type=ProvenReceipt).receipt.position for row in rows]
        # A replay speaks as of the delivery that it replays, not as of the day on which it came.
        self._ends = np.array(ends, np.int64)
        self._as_of = [ordinals.get(row.replays or "", row.ordinal) for row in rows]
        self._is_own = [row.replays == header.replays for row in rows]

    def said_since(self, streams: Iterable[int]) -> frozenset[int]:
        """Those streams of which something was said in the replayed delivery, by another row, or after it."""
        found = set()
        for stream, position in self._last(sorted(streams)):
            at = int(np.searchsorted(self._ends, position))
            if at < len(self._as_of) and self._as_of[at] >= self._own and not self._is_own[at]:
                found.add(stream)
        return frozenset(found)

    def _last(self, streams: list[int]) -> Iterable[tuple[int, int]]:
        table, stream, _, position = events_of(self._store)
        for start in range(0, len(streams), SOME):
            names = [f"{each:0{HEX}x}" for each in streams[start : start + SOME]]
            wanted = (
                sa.select(stream, sa.func.max(position)).select_from(table).where(stream.in_(names)).group_by(stream)
            )
            yield from ((int(row[0], 16), row[1]) for row in self._connection.execute(wanted))


def replayed(store: LogStore, connection: sa.Connection, header: Header) -> Replayed | None:
    """None for a delivery that is no replay."""
    return None if header.replays is UNSET else Replayed(store, connection, header)
