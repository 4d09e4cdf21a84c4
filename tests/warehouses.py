"""A warehouse on either engine, looked at from outside, and what feeds it; fixtures are taken by name, in each file."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import psycopg
import pytest

from hub.cli.installation import installation
from hub.database import open_database
from hub.events import NEWEST
from hub.log.sealed import Clear
from hub.log.store import LogStore
from hub.projections.postgres import PostgresFeed
from hub.projections.raw_tables import raw_columns, table_name
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings
from tests.pipe import Pipe, row
from tests.postgres import ENGINES, fresh_database

Contents = dict[str, list[tuple[Any, ...]]]
DUCKDB, POSTGRES = "sqlite", "postgresql"
"""The warehouse that stands beside a log of that engine; here the log is always a file."""


class Kept:
    """A warehouse on one engine, looked at from outside of the hub."""

    def __init__(self, engine: str, home: Path, url: str | None, schema: str = "raw") -> None:
        self.engine, self.home, self.url, self.schema = engine, home, url, schema

    @contextmanager
    def view(self) -> Iterator[WarehouseFeed | PostgresFeed]:
        if self.url is None:
            with closing(WarehouseFeed(self.home / "warehouse.duckdb")) as view:
                yield view
        else:
            database = open_database(self.url, "warehouse database")
            with closing(database), closing(PostgresFeed(database, self.schema)) as view:
                yield view

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """What the last of some statements answers."""
        if self.url is None:
            with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
                return [connection.execute(statement).fetchall() for statement in statements][-1]
        with psycopg.connect(self.url) as connection:
            cursors = [connection.execute(statement) for statement in statements]
            return cursors[-1].fetchall() if cursors[-1].description else []

    def contents(self) -> Contents:
        """Every raw table, whole, in order, and the place."""
        tables = {name: f"{self.schema}.{table_name(name)}" for name in NEWEST}
        there = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {of})" for name, of in tables.items())
        filled = {name for (name,) in self.ask(there)}
        return {
            name: self.ask(f"SELECT {', '.join(raw_columns(NEWEST[name]))} FROM {of} ORDER BY 1")
            for name, of in tables.items()
            if name in filled
        } | {"place": self.ask(f"SELECT * FROM {self.schema}.place")}


@pytest.fixture(params=ENGINES)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return Kept(request.param, tmp_path / "home", fresh_database() if request.param == POSTGRES else None)


@pytest.fixture
def fed(kept: Kept, tmp_path: Path) -> Iterator[Pipe]:
    """An installation that feeds the warehouse under test."""
    with installation(Settings(tmp_path / "home", warehouse_url=kept.url)) as hub:
        yield Pipe(hub, tmp_path)


def everything(pipe: Pipe) -> Contents:
    """The DuckDB warehouse of an installation, whole."""
    return Kept(DUCKDB, pipe.hub.settings.home, None).contents()


def history(pipe: Pipe) -> None:
    """New, corrected, retracted and restated records, projected after every delivery."""
    rows = [row(n) for n in range(20)]
    for part, complete in ((rows, True), ([row(3, age="77"), *rows[4:]], True), (rows, False), (rows[:5], True)):
        pipe.take(part, complete=complete)
        pipe.project()


def state(inside: dict[str, Any], month: str = "2025-07") -> bytes:
    """An event in clear, as the log has it."""
    header = msgspec.json.encode(Clear("a" * 32, "pt-test", "PT", month))
    return len(header).to_bytes(2, "big") + header + msgspec.json.encode({"dataset": "test", **inside})


def append(store: LogStore, topic: str, inside: dict[str, Any], month: str = "2025-07") -> None:
    """One event in clear, past all that would check it."""
    with store.writing() as connection:
        store.append(connection, [(f"{2**100 + store.position():032x}", 1, topic, state(inside, month))])


def overwrite(store: LogStore, position: int, topic: str, state: bytes) -> None:
    """Change an event where it stands, as somebody with the disk could."""
    with store.writing() as connection:
        change = "UPDATE stored_events SET topic = ?, state = ? WHERE rowid = ?"
        connection.exec_driver_sql(change, (topic, state, position))


def nothing_beside(kept: Kept) -> bool:
    if kept.url is None:
        return {path.name for path in kept.home.glob("warehouse*")} == {"warehouse.duckdb", "warehouse.duckdb.lock"}
    return kept.ask("SELECT 1 FROM information_schema.schemata WHERE schema_name LIKE 'raw\\_%'") == []
