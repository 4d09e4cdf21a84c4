"""Refused rows: rule and place in clear, the rows themselves sealed to the partner. Nothing lost, nothing read."""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from hub.database import insert_rows
from hub.events.wire import Refusal
from hub.log import tables
from hub.log.store import LogStore


def put_aside(connection: sa.Connection, delivery: str, refusals: Sequence[Refusal], refused_rows: bytes) -> None:
    """Keep what a delivery's edge refused, in the delivery's own transaction."""
    if refusals:
        rows = [(delivery, number, each.position, each.rule, each.place) for number, each in enumerate(refusals)]
        insert_rows(connection, tables.refusals, rows)
        insert_rows(connection, tables.refused_rows, [(delivery, refused_rows)])


def drop(connection: sa.Connection, country: str, before: str) -> int:
    """Take away the refused rows of a country's deliveries that came before a time (ISO 8601); of how many deliveries.

    Their receipts still say how many rows were refused.
    """
    ledger = tables.deliveries.c
    old = sa.select(ledger.delivery).where(ledger.country == country, ledger.received_at < before)
    connection.execute(sa.delete(tables.refusals).where(tables.refusals.c.delivery.in_(old)))
    rows = tables.refused_rows
    return int(connection.execute(sa.delete(rows).where(rows.c.delivery.in_(old))).rowcount)


def refusals(store: LogStore, delivery: str) -> list[Refusal]:
    """Every broken rule of a delivery's refused rows, in the order they were found."""
    table = tables.refusals.c
    wanted = sa.select(table.position, table.rule, table.place).where(table.delivery == delivery)
    with store.reading() as connection:
        return [Refusal(row.position, row.rule, row.place) for row in connection.execute(wanted.order_by(table.number))]


def sealed_rows(store: LogStore, delivery: str) -> bytes | None:
    """A delivery's refused rows, for the partner that can open them."""
    table = tables.refused_rows.c
    with store.reading() as connection:
        return connection.scalar(sa.select(table.sealed).where(table.delivery == delivery))


def by_rule(store: LogStore) -> Counter[str]:
    """How often each rule was broken, over all deliveries."""
    rule = tables.refusals.c.rule
    with store.reading() as connection:
        found = connection.execute(sa.select(rule, sa.func.count()).group_by(rule)).all()
    return Counter({row[0]: row[1] for row in found})
