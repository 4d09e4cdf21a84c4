"""The ledger of deliveries, with their receipts: the same delivery again gets the same answer."""

from datetime import datetime

import msgspec
from eventsourcing.sqlite import SQLiteCursor

from hub.errors import Stop
from hub.events.wire import Header, Receipt, pack
from hub.log.recorders import LogStore


def enter(cursor: SQLiteCursor, header: Header, at: datetime) -> int | None:
    """Give a delivery its number, or None when it has one. A write, and the transaction's first: it takes the lock."""
    cursor.execute(
        "INSERT OR IGNORE INTO deliveries (delivery, partner, country, dataset, complete, received_at) "
        "VALUES (?,?,?,?,?,?)",
        (header.delivery, header.partner, header.country, header.dataset, header.complete, at.isoformat()),
    )
    return int(cursor.lastrowid) if cursor.sqlite_cursor.rowcount else None


def leave(cursor: SQLiteCursor, ordinal: int) -> None:
    """Take a number back: there was nothing to deliver."""
    cursor.execute("DELETE FROM deliveries WHERE ordinal=?", (ordinal,))


def known_receipt(cursor: SQLiteCursor, delivery: str) -> Receipt:
    """The receipt of a delivery that is in the log. Raises Stop for one that is not."""
    cursor.execute("SELECT receipt FROM deliveries WHERE delivery=?", (delivery,))
    row = cursor.fetchone()
    if row is None:
        raise Stop(f"delivery {delivery} has not arrived")
    return msgspec.json.decode(row[0], type=Receipt)


def store_receipt(cursor: SQLiteCursor, ordinal: int, receipt: Receipt) -> None:
    """Write the receipt in the transaction of its events."""
    cursor.execute("UPDATE deliveries SET receipt=? WHERE ordinal=?", (pack(receipt), ordinal))


def receipts(store: LogStore) -> list[tuple[str, Receipt]]:
    """Every partner's delivery with the time of its arrival, oldest first."""
    with store.reading() as cursor:
        cursor.execute("SELECT received_at, receipt FROM deliveries WHERE receipt IS NOT NULL ORDER BY ordinal")
        return [(row[0], msgspec.json.decode(row[1], type=Receipt)) for row in cursor.fetchall()]
