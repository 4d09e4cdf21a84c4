"""The two engines under the hub, SQLite and PostgreSQL, with one behaviour: one writer, snapshots, and rows in bulk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.embedded import PAGE, PATIENCE, open_file
from hub.errors import HubError, Retry, Stop
from hub.packed import insert_packed as insert_packed  # the log's own table is written with it too

BLOCK = 1_000
"""Keys a look-up: below SQLite's limit of bound values."""
INT8 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An eight-byte integer on both engines; as a primary key of SQLite it is the row's own number, without an index."""

WIRE_TYPES = ((sa.BigInteger, "int8"), (sa.Integer, "int4"), (sa.LargeBinary, "bytea"), (sa.String, "text"))
"""What binary COPY must be told of each column: it takes no other width."""

SQLITE_LATER = {"BUSY", "LOCKED", "FULL", "IOERR", "NOMEM", "INTERRUPT", "PROTOCOL"}
POSTGRES_LATER = ("08", "25P", "40", "53", "55P03", "57", "58")
"""By SQLSTATE: connection, time-out, serialisation and deadlock, resources, lock, shutdown, the system below."""

OWN_WORDS = (
    "connection failed: ",
    "connection timeout",
    "consuming input failed: ",
    "sending query failed: ",
    "server closed the connection",
    "the connection is lost",
    "the connection is closed",
)
"""How what psycopg says of a connection begins where it quotes no part of a URL but the address."""

_LITE: sa.Dialect = sqlite.dialect()
_POST: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Database:
    """One open database. Its errors are Retry or Stop and never say what was asked for or written."""

    engine: sa.Engine
    what: str

    @property
    def is_postgres(self) -> bool:
        """Which of the two engines this is."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def writing(self, lock: str) -> Iterator[sa.Connection]:
        """One transaction, one writer at a time: committed at the end, rolled back on any exception.

        `lock` names the table whose writers wait for each other (on SQLite: all writers do). Readers go on.
        """
        quoted = self.engine.dialect.identifier_preparer.quote(lock)
        with self._writing(f"LOCK TABLE {quoted} IN EXCLUSIVE MODE") as connection:
            yield connection

    @contextmanager
    def creating(self) -> Iterator[sa.Connection]:
        """A transaction that makes tables: processes that start at once wait for each other."""
        with self._writing("SELECT pg_advisory_xact_lock(hashtext('hub'))") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One snapshot, nothing written."""
        asked = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.is_postgres else {}
        with self.told_apart(), self.engine.connect().execution_options(**asked) as connection, connection.begin():
            yield connection

    def create(self, metadata: sa.MetaData) -> None:
        """Make the tables that are missing. Where none is, nobody waits for a writer."""
        with self.reading() as connection:
            there = set(sa.inspect(connection).get_table_names())
        if not there.issuperset(metadata.tables):
            with self.creating() as connection:
                metadata.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def told_apart(self) -> Iterator[None]:
        """The database's errors, also those of its driver, by what to do about them."""
        drivers_own: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise named(error.orig or error, self.what) from None
        except (drivers_own, sa.exc.TimeoutError) as error:
            raise named(error, self.what) from None

    @contextmanager
    def _writing(self, postgres_lock: str) -> Iterator[sa.Connection]:
        with self.told_apart(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if self.is_postgres:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'; {postgres_lock}")
            yield connection


def named(error: BaseException, what: str) -> HubError:
    """Retry or Stop. Says the error's name, and a server's or file's own words only where they hold no row."""
    if isinstance(error, sa.exc.TimeoutError):
        return Retry(f"the {what} could not be used: too many at once")
    lite = str(getattr(error, "sqlite_errorname", "")).removeprefix("SQLITE_")
    state = getattr(error, "sqlstate", None)
    name = lite or " ".join(filter(None, (type(error).__name__, state)))
    lost = state is None and not lite and type(error).__name__ == "OperationalError"
    if lite.split("_")[0] in SQLITE_LATER or (state or "").startswith(POSTGRES_LATER) or lost:
        said = str(error).splitlines()[0]
        return Retry(f"the {what} could not be used: {said if lite or (lost and said.startswith(OWN_WORDS)) else name}")
    return Stop(f"the {what} refused ({name}): nothing of it was kept")


def open_database(url: str, what: str, *, secure_delete: bool = False, page: int = PAGE) -> Database:
    """Open, and make where missing, `sqlite:////path` or `postgresql://user@host:port/name`.

    `what` names it in errors; `secure_delete` overwrites what is deleted in a SQLite file, `page` is for a new one.
    Raises Retry or Stop.
    """
    try:
        where = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        where = sa.URL.create("unreadable")
    if where.drivername == "sqlite" and where.database:
        return Database(open_file(Path(where.database), what, secure_delete=secure_delete, page=page), what)
    if where.get_backend_name() != "postgresql" or not where.database or "@" in (where.host or ""):
        # An @ of a password that stands there as it is would end up in the host's name, and in what is said of it.
        raise Stop(f"the {what} is to be in sqlite:///path or postgresql://user@host:port/name, a password's @ as %40")
    database = Database(_postgres(where.set(drivername="postgresql+psycopg"), what), what)
    with database.told_apart():
        try:
            database.engine.connect().close()
        except sa.exc.OperationalError:
            _make_missing(database.engine.url)
            database.engine.connect().close()
    return database


def _postgres(url: sa.URL, what: str) -> sa.Engine:
    defaults = {"connect_timeout": "10", "application_name": f"hub {what}"}
    return sa.create_engine(
        url.update_query_dict({name: value for name, value in defaults.items() if name not in url.query}),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_use_lifo=True,
        use_native_hstore=False,
    )


def _make_missing(url: sa.URL) -> None:
    """Make a PostgreSQL database that is missing, if the server lets us: ordered by bytes, as SQLite orders."""
    server = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = server.dialect.identifier_preparer.quote_identifier(str(url.database))
    with server.connect() as connection:
        if connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database}):
            return
        try:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'")
        except (sa.exc.ProgrammingError, sa.exc.IntegrityError) as error:
            if getattr(error.orig, "sqlstate", None) not in ("42P04", "23505"):  # another process was quicker
                raise


def driver(connection: sa.Connection) -> Any:
    """The driver's own connection (sqlite3, psycopg) within this transaction."""
    return connection.connection.driver_connection


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of all columns in the table's order. A key that is there raises an error."""
    if connection.dialect.name == "sqlite":
        _write(connection, table, rows, "")
    elif rows:
        _copy(connection, table, connection.dialect.identifier_preparer.format_table(table), rows)


def replace_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of all columns in the table's order, or put them in place of those with their keys: each key once."""
    if connection.dialect.name == "sqlite":
        _write(connection, table, rows, _instead(table, _LITE))
    elif rows:
        quote = connection.dialect.identifier_preparer.quote
        name, new = quote(table.name), quote(f"new_{table.name}")
        connection.exec_driver_sql(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {new} (LIKE {name}) ON COMMIT DELETE ROWS; TRUNCATE {new}"
        )
        _copy(connection, table, new, rows)
        connection.exec_driver_sql(f"INSERT INTO {name} SELECT * FROM {new} {_instead(table, _POST)}")  # noqa: S608


def look_up(
    connection: sa.Connection, table: sa.Table, key: sa.Column[Any], wanted: Sequence[bytes] | Sequence[int]
) -> list[tuple[Any, ...]]:
    """Whole rows whose key is one of those wanted, in any order."""
    if connection.dialect.name == "sqlite":
        read = driver(connection).execute
        blocks = (wanted[start : start + BLOCK] for start in range(0, len(wanted), BLOCK))
        return [row for some in blocks for row in read(_look_up_text(table, key, len(some)), some)]
    if not wanted:
        return []
    # Binary both ways: as text a byte string costs three times as much. Never pipeline mode, see recorders.py.
    with driver(connection).cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(_look_up_text(table, key, None), (list(wanted),)).fetchall()
    return found


def _write(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]], instead: str) -> None:
    if rows and _packs(table):
        text, values = insert_packed("INSERT", table.name, table.columns.keys(), rows)
        driver(connection).execute(f"{text} WHERE true {instead}", values)
    else:
        driver(connection).executemany(f"{_insert_text(table)} {instead}", rows)


def _copy(connection: sa.Connection, table: sa.Table, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with driver(connection).cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_wire_types(table))
        for row in rows:
            copy.write_row(row)


@cache
def _packs(table: sa.Table) -> bool:
    return all(isinstance(column.type, sa.Integer) or not column.nullable for column in table.columns)


@cache
def _wire_types(table: sa.Table) -> list[str]:
    return [next(name for kind, name in WIRE_TYPES if isinstance(column.type, kind)) for column in table.columns]


@cache
def _insert_text(table: sa.Table) -> str:
    return str(sa.insert(table).compile(dialect=_LITE))


@cache
def _instead(table: sa.Table, dialect: sa.Dialect) -> str:
    """What an INSERT does with a row whose primary key is there. Any other conflict is an error."""
    name = dialect.identifier_preparer.format_column
    update = ", ".join(
        f"{name(column)} = excluded.{name(column)}" for column in table.columns if not column.primary_key
    )
    return f"ON CONFLICT ({', '.join(map(name, table.primary_key))}) DO UPDATE SET {update}"


@cache
def _look_up_text(table: sa.Table, key: sa.Column[Any], number: int | None) -> str:
    dialect = _POST if number is None else _LITE
    marks = "= ANY(%b)" if number is None else f"IN ({','.join('?' * number)})"
    whole = sa.select(table).compile(dialect=dialect)
    return f"{whole} WHERE {dialect.identifier_preparer.format_column(key)} {marks}"
