"""Installations to measure on: one folder and one set of keys, a new and empty log and vault each time."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hub.cli.installation import Installation, installation
from hub.settings import Settings
from tests.postgres import found, fresh_database, named

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
PARTNER, COUNTRY = "pt-apav", "PT"


def engines(asked: str | None) -> tuple[str, ...]:
    """The engines that are here: both, or the one that was asked for. PostgreSQL may be missing: it is then said."""
    if asked == SQLITE:
        return (SQLITE,)
    server = found()
    if isinstance(server, str):
        print(f"without PostgreSQL: {server}")
        return (SQLITE,)
    return (POSTGRES,) if asked else (SQLITE, POSTGRES)


@contextmanager
def fresh(folder: Path, engine: str) -> Iterator[Installation]:
    """An empty installation, gone afterwards. What an edge sealed for one below a folder, all of them open."""
    home = Path(tempfile.mkdtemp(dir=folder, prefix="home-"))
    keys = folder / "keys"
    if keys.exists():
        shutil.copytree(keys, home / "keys")
    database = new_database() if engine == POSTGRES else None
    try:
        with installation(Settings(home, database)) as hub:
            hub.readers(PARTNER), hub.token_keys(PARTNER)  # made by being asked for
            if not keys.exists():
                shutil.copytree(home / "keys", keys)
            yield hub
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if database:
            drop(database)


def new_database() -> str:
    """What HUB_DATABASE would be on the test server: the hub makes `<name>_log` and `<name>_vault` beside it."""
    return fresh_database()


def drop(database: str) -> None:
    """Drop it, and what the hub made beside it."""
    name = database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(named(database, "postgres"), autocommit=True) as connection:
        for each in (name, f"{name}_log", f"{name}_vault"):
            connection.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')


@contextmanager
def new_plain_database(folder: Path, engine: str) -> Iterator[str]:
    """A URL, or the path of a SQLite file that is not there yet; gone afterwards."""
    if engine == SQLITE:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            yield str(Path(own) / "plain.sqlite")
        return
    url = new_database()
    try:
        yield url
    finally:
        drop(url)


def plain_environment(database: str) -> dict[str, str]:
    """The environment in which the library alone keeps its events: a URL, or the path of a SQLite file."""
    if not database.startswith("postgresql:"):
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": database}
    said = psycopg.conninfo.conninfo_to_dict(database)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(said["dbname"]),
        "POSTGRES_HOST": str(said["host"]),
        "POSTGRES_PORT": str(said.get("port", 5432)),
        "POSTGRES_USER": str(said.get("user", "postgres")),
        "POSTGRES_PASSWORD": str(said.get("password", "")),
    }
