"""What can be wrong with the world while the hub works: a full disk, files that may only be read, lost connections."""

import os
import random
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

import hub.projections.postgres
import hub.projections.warehouse
from hub.errors import Retry, Stop
from hub.projections.opening import Columns
from tests import postgres
from tests.campaigns.command import Said
from tests.campaigns.disturbing import Meeting, Trouble
from tests.campaigns.restarting import CRASH, FAST, Restarting
from tests.pipe import databases

SMALLEST, LARGEST = 4_096, 1_000_000
"""Bytes at which no file may grow any more: more than an error's line, less than what the second delivery writes."""
ROWS_OF_ONE = 20_000
"""Bytes of a transaction's rows, about."""
PAGES = 12
LATE = 1.05
CUTS, BETWEEN = 10, 0.03
ENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)"


def _full_disk(meeting: Meeting, rng: random.Random) -> Said:
    """No file can grow beyond a size: writes fail in the middle, as on a full disk. Root is refused too."""
    size = int(SMALLEST * (LARGEST / SMALLEST) ** rng.random())
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    return meeting.begin(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))).end()


def _full_database(meeting: Meeting, rng: random.Random) -> Said:
    """SQLite gets so many pages more for the log or the vault, and then says that the disk is full."""
    name, pages = rng.choice(("log", "vault")), rng.randrange(PAGES)

    def limit(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            (file,), (there,) = (
                connection.execute(asked).fetchone()
                for asked in ("SELECT file FROM pragma_database_list", "PRAGMA page_count")
            )
            if Path(file).stem == name:
                connection.execute(f"PRAGMA max_page_count={there + pages}")

    return meeting.begin(lambda: sa.event.listen(sa.Engine, "connect", limit)).end()


def _full_warehouse(meeting: Meeting, rng: random.Random) -> Said:
    """The same from the moment on at which the projector has rows in hand: before, SQLite would be refused first."""
    size, nth = rng.randrange(SMALLEST, ROWS_OF_ONE), rng.randrange(1, 4)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def limit() -> None:
        calls, arrow = count(1), hub.projections.warehouse.arrow

        def filling(events: Columns) -> Any:
            if next(calls) == nth:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
            return arrow(events)

        hub.projections.warehouse.arrow = filling

    return meeting.begin(limit).end()


def _read_only(meeting: Meeting, rng: random.Random) -> Said:
    """One of the files, or the folder with all of them, may only be read. On PostgreSQL: one of the databases."""
    home, names = meeting.settings.home, databases(meeting.settings)
    if names and rng.random() < 0.5:
        with _read_only_database(rng.choice(names)):
            return meeting.begin(lambda: None).end()
    there = [path for path in home.iterdir() if path.suffix in (".sqlite", ".duckdb")]
    with _read_only_files(rng.choice([home, *there])):
        return meeting.begin(_be_nobody).end()


def _cut(meeting: Meeting, rng: random.Random) -> Said:
    """From some moment on, the server ends the command's connections, a few times: one alone may hit an idle one."""
    command = meeting.begin(lambda: None)
    over = command.ends_within(rng.uniform(0, LATE * meeting.seconds))
    with psycopg.connect(postgres.server().url, autocommit=True) as connection:
        for _ in range(CUTS):
            if over:
                break
            connection.execute(ENDS, (databases(meeting.settings),))
            over = command.ends_within(BETWEEN)
    return command.end()


def _cut_warehouse(meeting: Meeting, rng: random.Random) -> Said:
    """The same once the projector has rows in hand for PostgreSQL: some of them may be there already."""
    nth = rng.randrange(1, 4)

    def limit() -> None:
        calls, arrow = count(1), hub.projections.postgres.arrow

        def cutting(events: Columns) -> Any:
            if next(calls) == nth:
                with psycopg.connect(postgres.server().url, autocommit=True) as connection:
                    connection.execute(ENDS, (databases(meeting.settings),))
            return arrow(events)

        hub.projections.postgres.arrow = cutting

    return meeting.begin(limit).end()


def _stopped(server: Restarting, meeting: Meeting, rng: random.Random) -> Said:
    """At some moment the server stops, in an orderly way or at once. It is there again when the command has ended."""
    command = meeting.begin(lambda: None)
    over = command.ends_within(rng.uniform(0, LATE * meeting.seconds))
    try:
        if not over:
            server.stop(rng.choice((FAST, CRASH)))
        return command.end()
    finally:
        server.start()


full_disk, full_database = Trouble(Retry, _full_disk), Trouble(Retry, _full_database)
full_warehouse, cut_warehouse = Trouble(Retry, _full_warehouse), Trouble(Retry, _cut_warehouse)
read_only, cut = Trouble(Stop, _read_only), Trouble(Retry, _cut)


def stopped(server: Restarting) -> Trouble:
    """That server stops while the command works."""
    return Trouble(Retry, partial(_stopped, server))


@contextmanager
def _read_only_database(name: str) -> Iterator[None]:
    with psycopg.connect(postgres.server().url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


@contextmanager
def _read_only_files(top: Path) -> Iterator[None]:
    """Whoever comes as `_be_nobody` owns everything in the folder, and may write all but these."""
    home = top if top.is_dir() else top.parent
    for path in (home, *home.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, *postgres.nobody())
    modes = {path: path.stat().st_mode for path in (top, *top.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def _be_nobody() -> None:
    """Root may write everything: so the command goes on as somebody else."""
    "".encode("cp437")  # of ZIP files: loaded while Python's own library may still be read
    if os.geteuid() == 0:
        user, group = postgres.nobody()
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
