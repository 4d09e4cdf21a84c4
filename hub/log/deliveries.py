"""The ledger of deliveries, with their receipts: the same delivery again gets the same answer."""

from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from hub.errors import Stop
from hub.events.wire import Header, ProvenReceipt, pack
from hub.log.store import LogStore
from hub.log.tables import deliveries


def enter(connection: sa.Connection, header: Header, at: datetime) -> int | None:
    """Give a delivery its number, or None when it has one. Within `writing`: numbers have no holes."""
    table = deliveries.c
    if connection.scalar(sa.select(table.ordinal).where(table.delivery == header.delivery)) is not None:
        return None
    ordinal = int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.ordinal), 0))) or 0) + 1
    connection.execute(
        sa.insert(deliveries).values(
            ordinal=ordinal,
            delivery=header.delivery,
            partner=header.partner,
            country=header.country,
            dataset=header.dataset,
            complete=header.complete,
            received_at=at.isoformat(),
        )
    )
    return ordinal


def leave(connection: sa.Connection, ordinal: int) -> None:
    """Take a number back: there was nothing to deliver."""
    connection.execute(sa.delete(deliveries).where(deliveries.c.ordinal == ordinal))


def known(connection: sa.Connection, delivery: str) -> ProvenReceipt:
    """The receipt of a delivery that is in the log. Raises Stop for one that is not."""
    receipt = connection.scalar(sa.select(deliveries.c.receipt).where(deliveries.c.delivery == delivery))
    if receipt is None:
        raise Stop(f"delivery {delivery} has not arrived")
    return msgspec.json.decode(receipt, type=ProvenReceipt)


def is_known(store: LogStore, delivery: str, partner: str) -> bool:
    """Whether a partner's delivery is in the log."""
    with store.reading() as connection:
        mine = sa.select(deliveries.c.ordinal).filter_by(delivery=delivery, partner=partner)
        return connection.scalar(mine) is not None


def known_receipt(store: LogStore, delivery: str) -> ProvenReceipt:
    """The same, of the log as it stands."""
    with store.reading() as connection:
        return known(connection, delivery)


def keep_receipt(connection: sa.Connection, ordinal: int, proven: ProvenReceipt) -> None:
    """Write the receipt, byte for byte as it is given, in the transaction of its events."""
    row = sa.update(deliveries).where(deliveries.c.ordinal == ordinal)
    connection.execute(row.values(digest=proven.receipt.digest, receipt=pack(proven)))


def receipts(store: LogStore) -> list[tuple[str, ProvenReceipt]]:
    """Every partner's delivery with the time of its arrival, oldest first."""
    table = deliveries.c
    wanted = sa.select(table.received_at, table.receipt).where(table.receipt.is_not(None)).order_by(table.ordinal)
    with store.reading() as connection:
        found = connection.execute(wanted).all()
    return [(row.received_at, msgspec.json.decode(row.receipt, type=ProvenReceipt)) for row in found]


def position_on(store: LogStore, day: date) -> int:
    """Where the log ended with a day, in UTC; 0 before its first delivery.

    Told by the ledger, to a delivery: an event itself says in clear only the month in which the hub got to know it.
    What the hub states itself (an agreement, a release) is in the ledger too, an event each, and has no receipt.
    """
    table = deliveries.c
    until = sa.select(sa.func.max(table.ordinal)).where(table.received_at < (day + timedelta(days=1)).isoformat())
    proven = sa.select(table.ordinal, table.receipt).where(table.receipt.is_not(None)).order_by(table.ordinal.desc())
    with store.reading() as connection:
        last = connection.scalar(until) or 0
        found = connection.execute(proven.where(table.ordinal <= last).limit(1)).one_or_none()
    if found is None:
        return last
    return msgspec.json.decode(found.receipt, type=ProvenReceipt).receipt.position + last - int(found.ordinal)
