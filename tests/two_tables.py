"""Two small tables in a new database of either engine; its fixture is taken by name, in each test file."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.database import INT8, Database, insert_rows, open_database
from tests.postgres import ENGINES, database_url

metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("key", INT8, primary_key=True, autoincrement=False),
    sa.Column("small", sa.Integer),
    sa.Column("name", sa.String, unique=True),
    sa.Column("state", sa.LargeBinary),
)
Row = tuple[int, int | None, str | None, bytes | None]
strict = sa.Table(
    "strict",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("number", INT8),
    sa.Column("state", sa.LargeBinary, nullable=False),
)
"""What has no text and no bytes that may be missing goes another way into SQLite."""
ROWS: list[Row] = [
    (1 - 2**63, -(2**31), "", b""),
    (2**63 - 1, 2**31 - 1, "é ' \" \\ % \t 😀", bytes(range(256))),
    (0, None, None, None),
]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(database_url(request.param, tmp_path), "log")) as opened:
        opened.create(metadata)
        yield opened


def write(database: Database, rows: Sequence[Row], first: str | None = None) -> None:
    """One transaction that inserts rows, after a statement of its own."""
    with database.writing("things") as connection:
        if first:
            connection.exec_driver_sql(first)
        insert_rows(connection, things, rows)


def stored(database: Database) -> list[Row]:
    with database.reading() as connection:
        return sorted(map(tuple, connection.execute(sa.select(things))))
