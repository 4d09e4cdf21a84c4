"""The warehouse on two engines: the same rows make the same tables on DuckDB and PostgreSQL, to the digit."""

from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from psycopg import sql

from hub.cli.build import build
from hub.database import open_database
from hub.projections.postgres import PostgresFeed
from hub.settings import Settings
from tests.postgres import fresh_database
from tests.warehouse_rows import TODAY, Told

Tables = dict[str, list[str]]
NOT_BUILT = ("raw", "information_schema", "pg_catalog", "public")
RAW = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'"
COLUMNS = """
    SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
    WHERE table_schema NOT IN ('raw', 'information_schema', 'pg_catalog', 'public', 'main') ORDER BY 1, ordinal_position
"""
KINDS = """
    SELECT table_schema || '.' || table_name || '.' || column_name, data_type FROM information_schema.columns
    WHERE table_schema NOT IN ('raw', 'information_schema', 'pg_catalog', 'public', 'main')
"""


def copied(source: Path, url: str) -> None:
    """The raw tables of a DuckDB warehouse, row by row, in PostgreSQL."""
    with closing(open_database(url, "warehouse database")) as database:
        PostgresFeed(database).close()
    with duckdb.connect(str(source), read_only=True) as connection, psycopg.connect(url) as there:
        for (table,) in connection.execute(RAW).fetchall():
            found = connection.execute(f"SELECT * FROM raw.{table}")
            names = [column[0] for column in found.description or ()]
            there.execute(f"DELETE FROM raw.{table}")
            marks = sql.SQL(", ").join(sql.Placeholder() * len(names))
            fields = sql.SQL(", ").join(map(sql.Identifier, names))
            insert = sql.SQL("INSERT INTO raw.{} ({}) VALUES ({})").format(sql.Identifier(table), fields, marks)
            there.cursor().executemany(insert, found.fetchall())


class Both:
    """One warehouse, built on both engines."""

    def __init__(self, told: Told, url: str) -> None:
        self.path, self.url = told.settings.warehouse_path, url
        copied(self.path, url)
        self.counts = build(Settings(told.settings.home, warehouse_url=url), as_of=TODAY, echo=lambda _: None)

    def duckdb(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def postgres(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(Told(tmp_path_factory.mktemp("both") / "home"), fresh_database())


def tables(rows: list[tuple[Any, ...]]) -> Tables:
    found: Tables = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def test_both_engines_build_the_same_tables_with_the_same_columns(both: Both) -> None:
    built = tables(both.duckdb(COLUMNS))
    assert tables(both.postgres(COLUMNS)) == built
    assert {"staging.stg_hub__contact_held", "cubes.contacts_leaf", "public_zone.measures"} <= built.keys()
    database = both.counts.pop("database")
    assert database == both.counts


def test_every_row_of_every_table_is_the_same_to_the_digit(both: Both) -> None:
    filled, differing = 0, []
    for table, columns in tables(both.duckdb(COLUMNS)).items():
        asked = f"SELECT {', '.join(columns)} FROM {table}"
        rows = sorted(map(repr, both.duckdb(asked)))
        filled += bool(rows)
        if rows != sorted(map(repr, both.postgres(asked))):
            differing.append(table)
    assert differing == []
    assert filled > 25
