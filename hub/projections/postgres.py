"""The same raw tables in PostgreSQL, for a team's warehouse: rows that DuckDB has made come in by COPY."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import sqlalchemy as sa

from hub.database import Database, driver
from hub.errors import Retry, Stop
from hub.events import NEWEST
from hub.events.base import Event
from hub.projections.opening import Columns, Page, Unfit
from hub.projections.raw_tables import (
    ENVELOPE,
    PLACE,
    SCHEMA,
    Checksums,
    columns,
    create_statements,
    raw_columns,
    table_name,
)
from hub.projections.shaping import FROM, Gathering, arrow, rows
from hub.projections.warehouse import REBUILD, SETTINGS

NAME = "warehouse database"
TYPES = {"VARCHAR": "text", "DOUBLE": "double precision"}
PATIENCE = "60s"
BUILT = "SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = 'built by the hub'"
"""The schemas that dbt made, by the comment that warehouse/macros/engines.sql gives each."""


class PostgresFeed:
    """The raw tables of one schema of a PostgreSQL database. Satisfies `View`."""

    name = NAME

    def __init__(self, database: Database, schema: str = SCHEMA) -> None:
        self._database, self._schema = database, schema
        with database.reading() as connection:
            there = sa.inspect(connection).get_table_names(schema)
        if not {"place", *map(table_name, NEWEST)} <= set(there):
            with database.creating() as connection:
                connection.exec_driver_sql(";\n".join(create_statements(schema, type_of)))
        self._reader = duckdb.connect()
        for setting in SETTINGS:
            self._reader.execute(setting)
        self._lines = {name: _lines(model) for name, model in NEWEST.items()}
        self._copies = {name: _copy(schema, model) for name, model in NEWEST.items()}

    def close(self) -> None:
        """Let go of what made the rows. The database is the caller's."""
        self._reader.close()

    def place(self) -> int:
        """The position of the last event in the raw tables."""
        with self._database.reading() as connection:
            return self._place(connection)

    def apply(self, pages: Iterable[Page]) -> None:
        """Rows and place, both or neither. Another projection waits for them, and sees that the place has moved."""
        with self._writing() as connection:
            place, gathering = self._place(connection, " FOR UPDATE"), Gathering()
            with driver(connection).cursor() as cursor:
                for page in pages:
                    if page.after != place:
                        raise Retry(f"the {NAME} has moved on: another projection is at work")
                    self._copy(cursor, gathering.add(page))
                    place = page.place
                self._copy(cursor, gathering.rest())
                moved = f"UPDATE {self._schema}.place SET position = %s WHERE projection = %s"  # noqa: S608 - our own names
                cursor.execute(moved, (place, PLACE))

    def _copy(self, cursor: "psycopg.Cursor[Any]", gathered: Iterable[tuple[str, Columns]]) -> None:
        for name, events in gathered:
            with cursor.copy(self._copies[name]) as copy:
                for lines in self._made(name, events):
                    copy.write(lines)

    def _made(self, name: str, events: Columns) -> Iterator[memoryview]:
        """The rows as CSV. They are one column of text, and its buffer is what COPY wants."""
        self._reader.register(FROM, arrow(events))
        made = self._reader.sql(self._lines[name]).to_arrow_table()
        self._reader.unregister(FROM)
        for chunk in made.column(0).chunks:
            yield _whole(chunk)

    def checksums(self) -> Checksums:
        """Each raw table's rows, in any order: how many there are, and the sum of their hashes."""
        tables = [table_name(name) for name in NEWEST]
        asked = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {}.{} AS t"
        with self._database.reading() as connection:
            found = {each: connection.exec_driver_sql(asked.format(self._schema, each)).one() for each in tables}
        return {name: tuple(None if each is None else int(each) for each in row) for name, row in found.items()}

    def _place(self, connection: sa.Connection, lock: str = "") -> int:
        asked = f"SELECT position FROM {self._schema}.place WHERE projection = %s{lock}"  # noqa: S608 - our own names
        return int(connection.exec_driver_sql(asked, (PLACE,)).scalar_one())

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._database.told_apart(), self._database.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            try:
                yield connection
            except (psycopg.DataError, psycopg.IntegrityError, duckdb.DataError, duckdb.InvalidInputException) as error:
                # They quote what they could not read, so their words go no further.
                raise Unfit(f"does not fit its raw table ({type(error).__name__})") from None
            except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable):
                raise Stop(f"the {NAME} is another release's: {REBUILD}") from None


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """One projection at a time in this database. The lock goes with the connection, however it ends."""
    options = {"isolation_level": "AUTOCOMMIT"}
    with database.told_apart(), database.engine.connect().execution_options(**options) as connection:
        connection.detach()  # closed at the end, not kept: so the lock is gone too
        if not connection.exec_driver_sql("SELECT pg_try_advisory_lock(hashtext('hub project'))").scalar_one():
            raise Retry("another projection is at work: try again when it is done")
        yield


def drop(database: Database, schema: str) -> None:
    """Drop raw tables, if they are there, and what was made of them in views."""
    with database.creating() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def swap(database: Database, rebuilt: str, before: str) -> None:
    """Put rebuilt raw tables in the place of the live ones, which, if there are any, go by the name `before` then.

    What was built of the live ones goes at once: its tables would outlive whoever is no longer in the raw ones.
    """
    with database.creating() as connection:
        if sa.inspect(connection).has_schema(SCHEMA):
            connection.exec_driver_sql(f"ALTER SCHEMA {SCHEMA} RENAME TO {before}")
        connection.exec_driver_sql(f"ALTER SCHEMA {rebuilt} RENAME TO {SCHEMA}")
        for (schema,) in connection.exec_driver_sql(BUILT).all():
            connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')


def prepare(database: Database) -> bool:
    """Ready the raw tables for queries over all of them: what is in them is counted. False where there are none."""
    with database.creating() as connection:
        tables = sa.inspect(connection).get_table_names(SCHEMA)
        if "place" in tables:
            connection.exec_driver_sql("; ".join(f"ANALYZE {SCHEMA}.{table}" for table in tables))
        return "place" in tables


def drop_views(database: Database) -> None:
    """Drop the views that were made of the raw tables.

    PostgreSQL does not let a view lose a column, so that after a new release of the hub they can only be made anew.
    What says that a build ended well goes with them.
    """
    views = f"SELECT schemaname, viewname FROM pg_views WHERE schemaname IN ({BUILT})"  # noqa: S608 - our own names
    with database.creating() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS built.builds")
        for schema, view in connection.exec_driver_sql(views).all():
            connection.exec_driver_sql(f'DROP VIEW IF EXISTS "{schema}"."{view}" CASCADE')


def type_of(kind: str) -> str:
    """DuckDB's type → PostgreSQL's."""
    base = kind.removesuffix("[]")
    return TYPES.get(base, base.lower()) + kind[len(base) :]


def _copy(schema: str, model: type[Event]) -> str:
    names = ", ".join(f'"{column}"' for column in raw_columns(model))
    return f"COPY {schema}.{table_name(model.name)} ({names}) FROM STDIN (FORMAT csv)"


def _lines(model: type[Event]) -> str:
    """The SELECT that makes a line of CSV of each row: text in quotes, nothing where there is nothing.

    One `concat` of all pieces, which passes over NULL: a text made of each cell first costs a third more.
    """
    kinds = [*ENVELOPE.values(), *(column.kind for column in columns(model))]
    cells = ", ',', ".join(_cell(f"c{n}", kind) for n, kind in enumerate(kinds))
    names = ", ".join(f"c{n}" for n in range(len(kinds)))
    return f"SELECT concat({cells}, chr(10)) FROM ({rows(model)}) AS made ({names})"  # noqa: S608


def _whole(lines: pa.StringArray) -> memoryview:
    """All of a column's text, as it lies in memory."""
    _, ends, text = lines.buffers()
    reach = memoryview(ends).cast("i")
    return memoryview(text)[reach[lines.offset] : reach[lines.offset + len(lines)]]


def _cell(name: str, kind: str) -> str:
    """Its pieces."""
    if kind == "VARCHAR":
        quote = f"""CASE WHEN {name} IS NOT NULL THEN '"' END"""
        return f"""{quote}, replace({name}, '"', '""'), {quote}"""
    if kind.endswith("[]"):
        return f"""'"{{' || array_to_string({name}, ',') || '}}"'"""
    return f"{name}::VARCHAR"
