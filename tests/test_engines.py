"""The warehouse on two engines: the same rows make the same tables on DuckDB and PostgreSQL, to the digit."""

from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from benchmarks.country_year import draw
from hub.cli.build import build
from hub.cli.feed import catch_up_warehouse
from hub.cli.installation import installation
from hub.events import NEWEST
from hub.projections.raw_tables import table_name
from hub.settings import Settings
from tests.forgetting import forget, readable
from tests.pipe import Pipe, quiet, row
from tests.postgres import fresh_database
from tests.raw_copies import copied
from tests.warehouse_rows import TODAY, Told

LATER = 100_000
"""Where in the log the second lot of events begins."""
Tables = dict[str, list[str]]
COLUMNS = """
    SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
    WHERE table_schema NOT IN ('raw', 'built', 'information_schema', 'pg_catalog', 'public', 'main')
    ORDER BY 1, ordinal_position
"""
TABLES = """
    SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'
        AND table_schema NOT IN ('raw', 'built', 'information_schema', 'pg_catalog', 'public', 'main')
"""
"""Views are asked by whatever tables are made of them."""


class Both:
    """One warehouse, built on both engines."""

    def __init__(self, home: Path) -> None:
        self.url = fresh_database()
        self.settings = (told := Told(home, self.url)).settings
        self.path, self.whole = told.settings.warehouse_path, told.counts
        with duckdb.connect(str(self.path)) as connection:
            draw(connection, 500, after=LATER, year=2026)
        copied(self.path, self.url)
        self.part = build(self.settings, as_of=TODAY, echo=quiet)

    def duckdb(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def postgres(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(tmp_path_factory.mktemp("both") / "home")


def tables(rows: list[tuple[Any, ...]]) -> Tables:
    found: Tables = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def test_both_engines_build_the_same_tables_with_the_same_columns(both: Both) -> None:
    built = tables(both.duckdb(COLUMNS))
    assert tables(both.postgres(COLUMNS)) == built
    assert {"staging.stg_hub__contact_held", "cubes.contacts_leaf", "public_zone.measures"} <= built.keys()
    for counts in (both.whole, both.part):
        assert counts["database"] == {name: count for name, count in counts.items() if name != "database"}
    assert both.whole["kept"] == 0 < both.part["kept"]


def test_every_row_of_every_table_is_the_same_to_the_digit(both: Both) -> None:
    filled, differing, columns = 0, [], tables(both.duckdb(COLUMNS))
    for (table,) in both.duckdb(TABLES):
        asked = f"SELECT {', '.join(columns[table])} FROM {table}"
        rows = sorted(map(repr, both.duckdb(asked)))
        filled += bool(rows)
        if rows != sorted(map(repr, both.postgres(asked))):
            differing.append(table)
    assert differing == []
    assert filled > 60


def test_what_is_built_of_what_is_new_is_what_a_whole_build_makes(both: Both) -> None:
    part = contents(both)
    once_more = build(Settings(both.path.parent), as_of=TODAY, echo=quiet)
    assert (once_more["models"], contents(both)) == (0, part)
    whole = build(Settings(both.path.parent), as_of=TODAY, full_refresh=True, echo=quiet)
    assert whole["kept"] == 0
    assert contents(both) == part
    assert len(part) > 100


def contents(both: Both) -> dict[str, list[tuple[Any, ...]]]:
    """Each table's rows, as their number and the sum of their hashes. As JSON: an empty list and no list hash alike."""
    asked = "SELECT count(*), sum(hash(said)) FROM (SELECT to_json(t)::VARCHAR AS said FROM {} AS t)"
    return {table: both.duckdb(asked.format(table)) for (table,) in both.duckdb(TABLES)}


def test_no_table_of_either_engine_outlives_who_was_forgotten(tmp_path: Path) -> None:
    url = fresh_database()
    settings = Settings(tmp_path / "home", warehouse_url=url)
    with installation(settings) as hub:
        pipe = Pipe(hub, tmp_path)
        pipe.take([row(n) for n in range(20)], complete=True)
        catch_up_warehouse(hub, rebuild=False, echo=quiet)
        build(settings, select="+contact_contributions", echo=quiet)
        before = readable(hub)
        forget(pipe, ["C3"])
        (hers,) = before.keys() - readable(hub).keys()
        assert {"raw.contact_held", "cubes.contact_contributions"} <= set(tables_with(url, hers))
        catch_up_warehouse(hub, rebuild=False, echo=quiet)
        assert tables_with(url, hers) == []
        assert tables_with(url, None) == sorted(f"raw.{table}" for table in ["place", *map(table_name, NEWEST)])


def tables_with(url: str, subject: str | None) -> list[str]:
    """Every table of a database that holds a subject's rows; of nobody: every table."""
    with psycopg.connect(url) as connection:
        there = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'"
        names = sorted(name for (name,) in connection.execute(there).fetchall())
        if subject is None:
            return names
        asked = "SELECT count(*) FROM {} AS t WHERE t::text LIKE %s"
        return [
            name
            for name in names
            if connection.execute(asked.format(name).encode(), (f"%{subject}%",)).fetchone() != (0,)
        ]
