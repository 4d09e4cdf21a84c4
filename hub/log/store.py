"""The log's database: the library's table of events with its recorder, and the log's own tables beside it.

One transaction holds a delivery's events, the heads of its streams, its tree and its receipt: all of it, or nothing.
"""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from functools import cached_property

import sqlalchemy as sa
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.sqlite import SQLiteDatastore
from psycopg.rows import dict_row

from hub.database import Database, driver
from hub.embedded import PATIENCE
from hub.log.recorders import BulkPostgresRecorder, BulkSQLiteRecorder, insert_postgres, insert_sqlite
from hub.log.tables import metadata

EVENTS = "stored_events"
POLL = 0.05
"""Seconds between two looks at a SQLite file, which tells nobody that it has changed."""
Stored = tuple[str, int, str, bytes]
"""Stream (32 hex digits), version, topic, state."""


class LogStore:
    """The log, open. Positions begin at 1, have no holes, and are given in the order of commits."""

    def __init__(self, database: Database) -> None:
        self.database = database
        place, mark = ("notification_id", "%s") if database.is_postgres else ("rowid", "?")
        self._end = f"SELECT coalesce(MAX({place}), 0) FROM {EVENTS}"  # noqa: S608 - names of our own
        self._place = place
        self._rows = f"SELECT {place}, originator_id, originator_version, topic, state FROM {EVENTS}"  # noqa: S608
        self._read = f"{self._rows} WHERE {place} > {mark} AND {place} <= {mark} ORDER BY {place} LIMIT {mark}"
        self._create()

    @cached_property
    def recorder(self) -> BulkSQLiteRecorder | BulkPostgresRecorder:
        """The library's recorder on the same database, with connections of its own."""
        url, dialect = self.database.engine.url, self.database.engine.dialect
        if not self.database.is_postgres:
            return BulkSQLiteRecorder(
                SQLiteDatastore(str(url.database), lock_timeout=PATIENCE, originator_id_type="text")
            )
        store = PostgresDatastore(
            *(str(url.database), "", "", "", ""), max_overflow=4, lock_timeout=PATIENCE, originator_id_type="text"
        )
        # All that the URL says (sslmode, several hosts): the five names of the datastore would lose it.
        asked = {name: value for name, value in dialect.create_connect_args(url)[1].items() if name != "context"}
        store.pool.kwargs = {**asked, "row_factory": dict_row}
        return BulkPostgresRecorder(store, events_table_name=EVENTS)

    def close(self) -> None:
        """Give the database back."""
        if "recorder" in vars(self):
            self.recorder.datastore.close()
        self.database.close()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """One transaction of the log's one writer, committed at the end, rolled back on any exception."""
        return self.database.writing(EVENTS)

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """One snapshot."""
        return self.database.reading()

    def append(self, connection: sa.Connection, events: Sequence[Stored]) -> int:
        """Append events within `writing`; the log's new end. A stream that has moved on raises an error."""
        if not events:
            return self.end(connection)
        with closing(driver(connection).cursor()) as cursor:
            return (insert_postgres if self.database.is_postgres else insert_sqlite)(cursor, EVENTS, events)

    def read(self, after: int, until: int, limit: int) -> list[tuple[int, str, int, str, bytes]]:
        """Events after a position: (position, stream, version, topic, state). Plain rows, for those who read many."""
        with self.reading() as connection:
            # Bounded on both sides: before PostgreSQL has counted the table, it sorts all that an open end could mean.
            rows = self._page(connection, (after, min(until, after + limit), limit))
            if len(rows) < limit and after + limit < until:  # a hole: none of ours
                rows = self._page(connection, (after, until, limit))
        return rows

    def stream(self, stream: str, until: int | None = None) -> list[tuple[int, str, int, str, bytes]]:
        """The events of one stream in their order, up to a position: found by the library's own key."""
        wanted = sa.text(f"{self._rows} WHERE originator_id = :stream AND {self._place} <= :until ORDER BY 3")
        with self.reading() as connection:
            asked = {"stream": stream, "until": self.end(connection) if until is None else until}
            return [(*row[:4], bytes(row[4])) for row in connection.execute(wanted, asked).all()]

    def of_kind(self, topic: str) -> list[tuple[int, str, int, str, bytes]]:
        """Every event of one topic, in order. It looks through the whole log: for what is asked now and then."""
        wanted = sa.text(f"{self._rows} WHERE topic = :topic ORDER BY 1")
        with self.reading() as connection:
            return [(*row[:4], bytes(row[4])) for row in connection.execute(wanted, {"topic": topic}).all()]

    def position(self) -> int:
        """The position of the newest event, 0 for an empty log."""
        with self.reading() as connection:
            return self.end(connection)

    def end(self, connection: sa.Connection) -> int:
        """The same, within a transaction."""
        return int(connection.exec_driver_sql(self._end).scalar_one())

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until the log ends after a position, for so long at most; whether it does."""
        end = time.monotonic() + seconds
        if self.position() > after:
            return True
        return self._notified(after, end) if self.database.is_postgres else self._polled(after, end)

    def _polled(self, after: int, end: float) -> bool:
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(POLL, left))
            if self.position() > after:
                return True
        return False

    def _notified(self, after: int, end: float) -> bool:
        alone = self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with self.database.told_apart(), alone as connection:
            connection.exec_driver_sql(f"LISTEN {EVENTS}")
            try:
                while not (moved := self.end(connection) > after) and (left := end - time.monotonic()) > 0:
                    for _ in driver(connection).notifies(timeout=left, stop_after=1):
                        pass
                connection.exec_driver_sql("UNLISTEN *")
            except BaseException:
                connection.invalidate()  # in the pool it would go on listening
                raise
        return moved

    def _page(self, connection: sa.Connection, asked: tuple[int, int, int]) -> list[tuple[int, str, int, str, bytes]]:
        if not self.database.is_postgres:
            return list(driver(connection).execute(self._read, asked))
        with driver(connection).cursor(binary=True) as cursor:
            return list(cursor.execute(self._read, asked))

    def _create(self) -> None:
        with self.reading() as connection:
            there = sa.inspect(connection).has_table(EVENTS)
        if not there:
            with self.database.creating() as connection:
                if isinstance(self.recorder, BulkPostgresRecorder):
                    self.recorder.create_table()
                else:
                    for statement in self.recorder.create_table_statements:
                        connection.exec_driver_sql(statement)
        self.database.create(metadata)
