"""Where dbt builds: one target of warehouse/profiles.yml an engine, and what it has to find in the environment."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import pq

from hub.database import Database, driver, open_database
from hub.errors import Retry, Stop
from hub.projections import postgres, warehouse

ENCLAVE, TEAM = "enclave", "team"
NO_WAREHOUSE = "there is no warehouse yet: hub project makes its raw tables from the log"
LOOKS, LOOK = 20, 0.25
"""How often, and after how many seconds, one looks whether a reader has closed the file."""
SECRET = "DBT_ENV_SECRET_PASSWORD"  # noqa: S105 - a name
SESSION = "-c jit=off -c work_mem=64MB"
"""For PostgreSQL: its compiler costs these queries more than it gives; a hash of a country-year stays in memory."""


Ask = Callable[[str], list[tuple[Any, ...]]]
"""A statement of SQL → its rows, on either engine. Raises Retry while another process has the warehouse."""


class Target(NamedTuple):
    """Where dbt builds: the name it knows it by, and what the hub itself does there while dbt does not."""

    name: str
    ask: Ask
    begin_whole: Callable[[], None]
    """To be called before a build that makes every view."""


@contextmanager
def in_file(path: Path) -> Iterator[Target]:
    """This DuckDB file as dbt's target, while no projection moves its raw tables.

    Raises Stop where there is none, and Retry while another process has it open, or a projection is at work.
    """
    if not path.exists():
        raise Stop(NO_WAREHOUSE)

    def ask(statement: str) -> list[tuple[Any, ...]]:
        _let_go()
        for _ in range(LOOKS):
            with suppress(Retry):
                return _asked(path, statement)
            time.sleep(LOOK)
        return _asked(path, statement)

    with warehouse.alone(path), at_file(path) as target:
        yield Target(target, ask, lambda: None)


@contextmanager
def at_file(path: Path) -> Iterator[str]:
    """Point dbt at a DuckDB file for one call, then let go of it: dbt would keep it open for the whole process."""
    with _environment({"HUB_WAREHOUSE": str(path)}):
        try:
            yield ENCLAVE
        finally:
            _let_go()


@contextmanager
def in_database(url: str) -> Iterator[Target]:
    """The same for PostgreSQL, while no projection moves its raw tables.

    Raises Stop where it has no raw tables, and Retry where it cannot be reached or a projection is at work.
    """
    with closing(open_database(url, postgres.NAME)) as database, postgres.alone(database):
        if not postgres.prepare(database):
            raise Stop(NO_WAREHOUSE)

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with database.creating() as connection:
                found = connection.exec_driver_sql(statement)
                return [tuple(row) for row in found.all()] if found.returns_rows else []

        with _environment(libpq(database)):
            yield Target(TEAM, ask, lambda: postgres.drop_views(database))


def libpq(database: Database) -> dict[str, str]:
    """How a database was connected to, as variables of libpq: so no part of it stands in a file, argument or log.

    The password, wherever libpq found it, goes by a name that dbt takes out of all that it writes.
    """
    variables = {each.keyword.decode(): each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}
    with database.reading() as connection:
        info = driver(connection).info
        used = {**info.get_parameters(), "host": info.host, "port": info.port, "user": info.user, "dbname": info.dbname}
        used["options"] = f"{SESSION} {info.options}".strip()
        found = {variables[name]: str(value) for name, value in used.items() if name in variables}
        return {**found, SECRET: info.password}


def _asked(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with warehouse.opened(path) as connection:
        return connection.execute(statement).fetchall()


def _let_go() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Variables of this process, for a while."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
