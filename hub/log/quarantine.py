"""Refused rows: rule and place in clear, the rows themselves sealed to the partner. Nothing lost, nothing read.

A row leaves in two ways: a replay states it after all, or its time is over. Refused = waiting + passed + gone, always.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import UNSET

from hub import __version__
from hub.database import insert_rows, replace_rows
from hub.errors import Reject
from hub.events.wire import Closing, Header, Refusal
from hub.log import tables
from hub.log.store import LogStore


class Waiting(NamedTuple):
    """Refused rows of one delivery that break one rule at one place, and the version that refused them."""

    delivery: str
    partner: str
    dataset: str
    month: str
    rule: str
    place: str
    rows: int
    version: str
    mapping: str


class Replay(NamedTuple):
    """A delivery that stated refused rows of another one: the versions that refused them and that let them pass."""

    delivery: str
    of: str
    rows: int
    failed_version: str
    failed_mapping: str
    passed_version: str
    passed_mapping: str


class Aside(NamedTuple):
    """A delivery that the hub's own check refused as a whole, by which version of the hub."""

    delivery: str
    rule: str
    version: str
    month: str


def take(connection: sa.Connection, header: Header, closing: Closing, refused_rows: bytes) -> None:
    """Keep what a delivery's edge refused, and what the edge was, in the delivery's own transaction.

    A replay moves its rows on. Raises Reject for one of rows that were never refused.
    """
    replays = "" if header.replays is UNSET else header.replays
    insert_rows(connection, tables.edges, [(header.delivery, header.version, closing.mapping, replays)])
    put_aside(connection, header.delivery, closing.refusals, refused_rows)
    if replays:
        _pass_on(connection, header, replays, closing)


def put_aside(connection: sa.Connection, delivery: str, refusals: Sequence[Refusal], refused_rows: bytes) -> None:
    """Keep refused rows."""
    if refusals:
        rows = [(delivery, number, each.position, each.rule, each.place) for number, each in enumerate(refusals)]
        insert_rows(connection, tables.refusals, rows)
        insert_rows(connection, tables.refused_rows, [(delivery, refused_rows)])


def _pass_on(connection: sa.Connection, header: Header, replays: str, closing: Closing) -> None:
    """Rows that stand after all. When none of a delivery waits any more, its sealed rows go."""
    refused = set(_positions(connection, tables.refusals, replays))
    if len({*closing.passed}) != closing.rows or not refused.issuperset(closing.passed):
        raise Reject(f"delivery {header.delivery} replays rows that were never refused", "not-refused")
    before = set(_positions(connection, tables.passed, replays))
    new = [(replays, position, header.delivery) for position in closing.passed if position not in before]
    insert_rows(connection, tables.passed, new)
    if len(before) + len(new) == len(refused):
        sealed = tables.refused_rows
        connection.execute(sa.delete(sealed).where(sealed.c.delivery == replays))


def _positions(connection: sa.Connection, table: sa.Table, delivery: str) -> Sequence[str]:
    wanted = sa.select(table.c.position).distinct().where(table.c.delivery == delivery)
    return connection.scalars(wanted).all()


def drop(connection: sa.Connection, country: str, before: str) -> int:
    """Take away the refused rows of a country's deliveries that came before a time (ISO 8601); of how many deliveries.

    Their receipts still say how many rows were refused. What is known of deliveries put aside before goes too.
    """
    ledger = tables.deliveries.c
    old = sa.select(ledger.delivery).where(ledger.country == country, ledger.received_at < before)
    for table in (tables.refusals, tables.passed):
        connection.execute(sa.delete(table).where(table.c.delivery.in_(old)))
    aside = tables.put_aside
    connection.execute(sa.delete(aside).where(aside.c.month < before))
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


def passed(store: LogStore, delivery: str) -> frozenset[str]:
    """Where a delivery's refused rows stood that a replay has stated."""
    with store.reading() as connection:
        return frozenset(_positions(connection, tables.passed, delivery))


def by_rule(store: LogStore) -> Counter[str]:
    """How often each rule is broken by rows that wait, over all deliveries."""
    rule = tables.refusals.c.rule
    with store.reading() as connection:
        found = connection.execute(sa.select(rule, sa.func.count()).where(_waits()).group_by(rule)).all()
    return Counter({row[0]: row[1] for row in found})


def waiting(store: LogStore) -> list[Waiting]:
    """Rows that wait, by delivery, rule and place; the newest delivery first."""
    refused, ledger, made = tables.refusals.c, tables.deliveries.c, tables.edges.c
    groups = (
        ledger.ordinal,
        ledger.delivery,
        ledger.partner,
        ledger.dataset,
        ledger.received_at,
        refused.rule,
        refused.place,
    )
    number = sa.func.count(sa.distinct(refused.position)).label("rows")
    wanted = (
        sa.select(*groups, number, made.version, made.mapping)
        .join(tables.deliveries, ledger.delivery == refused.delivery)
        .outerjoin(tables.edges, made.delivery == refused.delivery)
        .where(_waits())
        .group_by(*groups, made.version, made.mapping)
        .order_by(ledger.ordinal.desc(), number.desc(), refused.rule, refused.place)
    )
    with store.reading() as connection:
        return [
            Waiting(
                *(row.delivery, row.partner, row.dataset, row.received_at[:7], row.rule, row.place, row.rows),
                *(row.version or "", row.mapping or ""),
            )
            for row in connection.execute(wanted)
        ]


def replays(store: LogStore) -> list[Replay]:
    """Every replay with the versions before and after, oldest first."""
    by, of = tables.edges.alias("by"), tables.edges.alias("of")
    ledger, moved = tables.deliveries.c, tables.passed.c
    number = sa.select(sa.func.count()).where(moved.replay == by.c.delivery).scalar_subquery()
    wanted = (
        sa.select(by.c.delivery, by.c.replays, number, of.c.version, of.c.mapping, by.c.version, by.c.mapping)
        .join(tables.deliveries, ledger.delivery == by.c.delivery)
        .outerjoin(of, of.c.delivery == by.c.replays)
        .where(by.c.replays != "")
        .order_by(ledger.ordinal)
    )
    with store.reading() as connection:
        found = connection.execute(wanted).all()
    return [Replay(row[0], row[1], row[2], *(value or "" for value in row[3:])) for row in found]


def counts(store: LogStore, delivery: str) -> tuple[int, int]:
    """How many of a delivery's refused rows wait, and how many have passed."""
    with store.reading() as connection:
        refused, gone = ({*_positions(connection, table, delivery)} for table in (tables.refusals, tables.passed))
    return len(refused - gone), len(gone)


def refuse(store: LogStore, delivery: str, rule: str, today: date) -> None:
    """Remember why a delivery was put aside as a whole, and by which version of the hub."""
    with store.writing() as connection:
        replace_rows(connection, tables.put_aside, [(delivery, rule, __version__, f"{today:%Y-%m}")])


def refused(store: LogStore) -> dict[str, Aside]:
    """Why deliveries were put aside, by their names. Some have come again since."""
    with store.reading() as connection:
        found = connection.execute(sa.select(tables.put_aside)).all()
    return {row.delivery: Aside(row.delivery, row.rule, row.version, row.month) for row in found}


def _waits() -> "sa.ColumnElement[bool]":
    refused, moved = tables.refusals.c, tables.passed.c
    stated = sa.select(moved.position).where(moved.delivery == refused.delivery, moved.position == refused.position)
    return ~sa.exists(stated)
