"""`eventsourcing`'s recorders with one insert a batch instead of one an event, and positions without holes.

A position is the one before it plus one, given under the writers' lock: a transaction that was rolled back leaves no
hole, and whoever reads to the end has passed over nothing. The library's recorders work on the same tables.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor
from eventsourcing.utils import retry
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from hub.database import insert_packed

Row = tuple[Any, int, str, bytes]
COLUMNS = ("originator_id", "originator_version", "topic", "state")


def insert_sqlite(cursor: sqlite3.Cursor, table: str, events: Sequence[Row]) -> int:
    """Append events to the library's table within a transaction that writes; the position of the last one."""
    if events:
        cursor.execute(*insert_packed("INSERT", table, COLUMNS, events))
    return int(cursor.execute(f"SELECT coalesce(MAX(rowid), 0) FROM {table}").fetchone()[0])  # noqa: S608


def insert_postgres(
    cursor: Cursor[tuple[Any, ...]], table: str, events: Sequence[Row], *, ids: str = "text", schema: str = "public"
) -> int:
    """The same, for a transaction that has locked the table. `ids`: the type of originator ids, `text` or `uuid`.

    COPY, because psycopg's pipeline, which the library uses, hangs for ever once a batch is larger than the socket's
    buffers (1,000 events over a Unix socket).
    """
    names = {"table": Identifier(schema, table), "sequence": Identifier(schema, f"{table}_notification_id_seq")}
    newest = SQL("SELECT coalesce(MAX(notification_id), 0) FROM {table}").format(**names)
    before = int(cursor.execute(newest).fetchall()[0][0])
    rows = [(*event, position) for position, event in enumerate(events, before + 1)]
    with cursor.copy(SQL("COPY {table} FROM STDIN (FORMAT BINARY)").format(**names)) as copy:
        copy.set_types((ids, "int8", "text", "bytea", "int8"))
        for row in rows:
            copy.write_row(row)
    # Restarted, not `setval`: that would not be taken back with the transaction.
    cursor.execute(SQL("ALTER SEQUENCE {sequence} RESTART WITH {next}").format(**names, next=before + len(rows) + 1))
    cursor.execute(SQL("NOTIFY {channel}").format(channel=Identifier(table)))
    return before + len(rows)


class BulkSQLiteRecorder(SQLiteApplicationRecorder):
    """The library's recorder for SQLite with one statement a batch. Held to the library's own test cases."""

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        rows = [
            (e.originator_id if isinstance(e.originator_id, str) else e.originator_id.hex, *_rest(e))
            for e in stored_events
        ]
        last = insert_sqlite(c.sqlite_cursor, self.events_table_name, rows)
        return list(range(last - len(rows) + 1, last + 1))


class BulkPostgresRecorder(PostgresApplicationRecorder):
    """The library's recorder for PostgreSQL with binary COPY. Held to the library's own test cases."""

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Insert events, whole or not at all; their positions. An event that is there raises IntegrityError."""
        with self.datastore.get_connection() as connection, connection.transaction(), connection.cursor() as cursor:
            self._insert_events(cursor, stored_events, **kwargs)
            if not stored_events:
                return None
            self._lock_table(cursor)
            with connection.cursor(row_factory=tuple_row) as copying:
                last = insert_postgres(
                    copying,
                    self.events_table_name,
                    [(event.originator_id, *_rest(event)) for event in stored_events],
                    ids=self.datastore.originator_id_type,
                    schema=self.datastore.schema,
                )
        return list(range(last - len(stored_events) + 1, last + 1))


def _rest(event: StoredEvent) -> tuple[int, str, bytes]:
    return event.originator_version, event.topic, event.state
