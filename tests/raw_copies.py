"""The raw tables of a DuckDB warehouse, once more in PostgreSQL."""

from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from hub.database import open_database
from hub.projections.postgres import PostgresFeed

RAW = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'"


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
