"""Refused rows: rule and place in clear, the rows themselves sealed to the partner. Nothing lost, nothing read."""

from collections import Counter

from eventsourcing.sqlite import SQLiteCursor

from hub.events.wire import Delivery, Refusal
from hub.log.recorders import LogStore


def put_aside(cursor: SQLiteCursor, delivery: Delivery) -> None:
    """Keep what a delivery's edge refused, in the delivery's own transaction."""
    name = delivery.header.delivery
    if delivery.refusals:
        cursor.executemany(
            "INSERT INTO refusals VALUES (?,?,?,?)",
            [(name, refusal.position, refusal.rule, refusal.place) for refusal in delivery.refusals],
        )
        cursor.execute("INSERT INTO refused_rows VALUES (?,?)", (name, delivery.refused_rows))


def refusals(store: LogStore, delivery: str) -> list[Refusal]:
    """Every broken rule of a delivery's refused rows."""
    with store.reading() as cursor:
        cursor.execute("SELECT position, rule, place FROM refusals WHERE delivery=? ORDER BY rowid", (delivery,))
        return [Refusal(*row) for row in cursor.fetchall()]


def sealed_rows(store: LogStore, delivery: str) -> bytes | None:
    """A delivery's refused rows, for the partner that can open them."""
    with store.reading() as cursor:
        cursor.execute("SELECT sealed FROM refused_rows WHERE delivery=?", (delivery,))
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def by_rule(store: LogStore) -> Counter[str]:
    """How often each rule was broken, over all deliveries."""
    with store.reading() as cursor:
        cursor.execute("SELECT rule, COUNT(*) FROM refusals GROUP BY rule")
        return Counter(dict(tuple(row) for row in cursor.fetchall()))
