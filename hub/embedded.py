"""The embedded engine: a SQLite file as the hub opens it, with readers beside one writer."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.errors import Stop

PATIENCE = 60
"""Seconds that a writer waits for the one before it."""
PRAGMAS = ("synchronous=FULL", "cache_size=-32768")
PAGE, SMALL_PAGE = 16_384, 4_096
"""Bytes of a new SQLite file's pages. Large ones cost a sixth less to write; small ones suit few, random keys."""
JOURNAL = 80 << 20
"""Bytes of SQLite's journal after which it goes into the file."""
WRITERS_CACHE = "cache_size=-262144"
"""In KiB. Keys are random: without a real page cache each look-up is a read. Who only reads goes on in order."""


def open_file(path: Path, what: str, *, secure_delete: bool, page: int) -> sa.Engine:
    """The engine of a SQLite file, which is made where it is missing. See `database.open_database`."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Stop(f"the {what} cannot be made or opened ({error.strerror})") from None
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), hide_parameters=True, pool_use_lifo=True)

    def tune(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
        connection.execute(f"PRAGMA page_size={page}")  # of a file that is there already, it changes nothing
        _write_ahead(connection)
        checkpoint = f"wal_autocheckpoint={JOURNAL // connection.execute('PRAGMA page_size').fetchone()[0]}"
        for pragma in (*PRAGMAS, checkpoint, f"secure_delete={'ON' if secure_delete else 'OFF'}"):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: sa.Connection) -> None:
        """A writer takes the lock before it reads: what it saw is still so when it writes. A reader writes nothing."""
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        if writes:
            connection.exec_driver_sql(f"PRAGMA {WRITERS_CACHE}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(engine, "connect", tune)
    sa.event.listen(engine, "begin", begin)
    return engine


def _write_ahead(connection: Any) -> None:
    """Readers beside a writer. Of two that switch a new file over at once one is refused, and not by the time-out."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
