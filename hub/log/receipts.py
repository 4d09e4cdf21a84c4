"""Receipts, kept beside the events they acknowledge: the same delivery again gets the same answer."""

import msgspec
from eventsourcing.sqlite import SQLiteCursor

from hub.events.wire import Receipt, pack
from hub.log.recorders import LogStore


def known_receipt(store: LogStore, delivery: str) -> Receipt | None:
    """The receipt of a delivery that is already in the log."""
    with store.reading() as cursor:
        cursor.execute("SELECT receipt FROM deliveries WHERE delivery=?", (delivery,))
        row = cursor.fetchone()
    return msgspec.json.decode(row[0], type=Receipt) if row else None


def store_receipt(cursor: SQLiteCursor, ordinal: int, receipt: Receipt) -> None:
    """Write the receipt in the transaction of its events."""
    cursor.execute("UPDATE deliveries SET receipt=? WHERE ordinal=?", (pack(receipt), ordinal))


def receipts(store: LogStore) -> list[tuple[str, Receipt]]:
    """Every delivery with the time of its arrival, oldest first."""
    with store.reading() as cursor:
        cursor.execute("SELECT received_at, receipt FROM deliveries ORDER BY ordinal")
        return [(row[0], msgspec.json.decode(row[1], type=Receipt)) for row in cursor.fetchall()]
