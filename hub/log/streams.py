"""Streams as the log's tables have them: versions without holes, and each head at the last one. By SQL, in sets."""

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from hub.log.store import LogStore
from hub.log.tables import heads

HEX = 32


class Events(NamedTuple):
    """The library's table of events, as far as it is asked here."""

    table: sa.TableClause
    stream: "sa.ColumnElement[str]"
    version: "sa.ColumnElement[int]"
    position: "sa.ColumnElement[int]"


def events_of(store: LogStore) -> Events:
    """The table, with the column that holds an event's position on this engine."""
    place = "notification_id" if store.database.is_postgres else "rowid"
    names = ("originator_id", "originator_version", place)
    table = sa.table("stored_events", *(sa.column(name) for name in names))
    return Events(table, *(table.c[name] for name in names))


def broken(store: LogStore, connection: sa.Connection) -> Iterator[tuple[str, int]]:
    """(rule, position of the stream's last event) for each stream that is not whole. (stream, version) is a key."""
    table, stream, version, position = events_of(store)
    newest, last = sa.func.max(position), sa.func.max(version)
    holes = (last != sa.func.count()) | (sa.func.min(version) != 1)
    for at in connection.scalars(sa.select(newest).select_from(table).group_by(stream).having(holes)):
        yield "stream-broken", at
    named = _named(store)
    mine = stream == named
    behind = sa.select(sa.func.coalesce(last, -1)).where(mine).scalar_subquery() != heads.c.version
    where = sa.select(sa.func.coalesce(newest, 0)).where(mine).scalar_subquery()
    for at in connection.scalars(sa.select(where).select_from(heads).where(behind)):
        yield "head-wrong", at
    streams = connection.execute(sa.select(sa.func.count(sa.distinct(stream))).select_from(table)).scalar_one()
    if streams > connection.execute(sa.select(sa.func.count()).select_from(heads)).scalar_one():
        headless = sa.select(newest).where(stream.not_in(sa.select(named))).group_by(stream)
        for at in connection.scalars(headless):
            yield "head-wrong", at


def _named(store: LogStore) -> "sa.ColumnElement[str]":
    """A head's stream as the events name it: 32 hex digits."""
    if store.database.is_postgres:
        return sa.func.lpad(sa.func.to_hex(heads.c.stream), HEX, "0")
    return sa.func.printf(f"%0{HEX}x", heads.c.stream)
