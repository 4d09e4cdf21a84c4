"""The log's store: `eventsourcing`'s SQLite recorder, with bulk inserts, and the log's own tables beside its events.

One transaction holds a delivery's events, the heads of its streams and its receipt: all of it, or nothing.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import DatabaseError, OperationalError, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from hub.errors import Retry, Stop

TABLES = (
    # Where each partner record's stream is, and what it says now: `facts` is MessagePack, see reconcile.py.
    "CREATE TABLE IF NOT EXISTS heads (record BLOB PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, "
    "scope INTEGER NOT NULL, key_id BLOB, facts BLOB NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS heads_by_scope ON heads (scope)",
    # A scope is what a complete delivery covers: one partner's dataset in one period.
    "CREATE TABLE IF NOT EXISTS scopes (scope INTEGER PRIMARY KEY, partner TEXT NOT NULL, dataset TEXT NOT NULL, "
    "period TEXT NOT NULL, complete INTEGER NOT NULL DEFAULT 0, UNIQUE (partner, dataset, period))",
    "CREATE TABLE IF NOT EXISTS deliveries (ordinal INTEGER PRIMARY KEY, delivery TEXT UNIQUE NOT NULL, "
    "partner TEXT NOT NULL, country TEXT NOT NULL, dataset TEXT NOT NULL, complete INTEGER NOT NULL, "
    "received_at TEXT NOT NULL, receipt BLOB)",
    "CREATE TABLE IF NOT EXISTS refusals (delivery TEXT NOT NULL, position TEXT NOT NULL, rule TEXT NOT NULL, "
    "place TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS refusals_by_delivery ON refusals (delivery)",
    # Refused rows as they were read, sealed to the partner's own key: the hub cannot open them.
    "CREATE TABLE IF NOT EXISTS refused_rows (delivery TEXT PRIMARY KEY, sealed BLOB NOT NULL)",
)


CACHE_KIB = 262_144
"""Heads are found by random keys: without a real page cache every look-up is a read (the library leaves 2 MB)."""


class BulkSQLiteRecorder(SQLiteApplicationRecorder):
    """The library's recorder, held to its own test cases, with `executemany` where it loops."""

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        first = (self._max_notification_id(c) or 0) + 1
        c.executemany(
            self.insert_events_statement,
            [
                (e.originator_id if isinstance(e.originator_id, str) else e.originator_id.hex, *_rest(e))
                for e in stored_events
            ],
        )
        return list(range(first, first + len(stored_events)))


def _rest(event: StoredEvent) -> tuple[int, str, bytes]:
    return event.originator_version, event.topic, event.state


@contextmanager
def _told_apart() -> Iterator[None]:
    """The database's errors, by what to do about them."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        raise Retry(f"the log could not be used ({error}): a full disk, or another receiver at work") from None
    except (DatabaseError, sqlite3.DatabaseError) as error:
        raise Stop(f"the log refused a write ({type(error).__name__}): nothing of it was kept") from None


class LogStore:
    """The log's database. `writing` is one transaction, `recorder` reads and writes events in it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self.datastore = SQLiteDatastore(str(path), lock_timeout=60, originator_id_type="text")
        self.recorder = BulkSQLiteRecorder(self.datastore)
        with _told_apart():
            self.recorder.create_table()
        with self.writing() as cursor:
            for statement in TABLES:
                cursor.execute(statement)

    def close(self) -> None:
        """Give the database back."""
        self.datastore.close()

    @contextmanager
    def writing(self) -> Iterator[SQLiteCursor]:
        """One transaction, committed at the end, rolled back on any exception. Start it with a write."""
        with _told_apart(), self.datastore.transaction(commit=True) as cursor:
            cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            yield cursor

    @contextmanager
    def reading(self) -> Iterator[SQLiteCursor]:
        """One snapshot."""
        with _told_apart(), self.datastore.transaction(commit=False) as cursor:
            yield cursor

    def append(self, cursor: SQLiteCursor, events: Sequence[tuple[str, int, str, bytes]]) -> None:
        """Append (stream, version, topic, state) within a transaction. A stream that has moved on raises an error."""
        cursor.executemany(self.recorder.insert_events_statement, events)

    def read(self, after: int, until: int, limit: int) -> list[tuple[int, str, int, str, bytes]]:
        """Events after a position: (position, stream, version, topic, state). Plain rows, for those who read many."""
        with self.reading() as cursor:
            cursor.sqlite_cursor.row_factory = None
            cursor.execute(
                "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
                "WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?",
                (after, until, limit),
            )
            return list(cursor.fetchall())

    def position(self) -> int:
        """The position of the newest event, 0 for an empty log."""
        return self.recorder.max_notification_id() or 0
