"""How long does a country's year take from raw tables to marts? `python -m benchmarks warehouse`."""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import duckdb

from benchmarks.country_year import draw
from benchmarks.homes import POSTGRES, SQLITE, engines
from benchmarks.memory import watched_memory
from benchmarks.report import machine, write
from dashboards.data import Release
from hub.cli.build import build
from hub.release.publish import publish
from hub.settings import Settings
from tests.postgres import fresh_database
from tests.raw_copies import copied

MARKS, IN_POSTGRES = (1_000_000, 3_000_000, 10_000_000), 100_000
BUILD_S, DAY_S, PAGE_MS = 60.0, 10.0, 50.0
"""Targets: a country-year of a million events, the build after a day's new ones, and a page's query at p95."""
ROUNDS = 20
QUARTER = "2025Q3"
DUCKDB = "DuckDB"


def main(arguments: Sequence[str]) -> None:
    """Build at each mark; write build/warehouse.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks warehouse", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of all sizes; default 1, which ends at ten million")
    parser.add_argument("--until", type=int, help="no mark above so many events")
    parser.add_argument("--engine", choices=(SQLITE, POSTGRES), help=f"one alone: {SQLITE} stands for DuckDB")
    asked = parser.parse_args(arguments)
    said: dict[str, Any] = {"machine": machine(), "scale": asked.scale, "points": []}
    for engine in engines(asked.engine):
        marks = MARKS if engine == SQLITE else (IN_POSTGRES,)
        for mark in (round(each * asked.scale) for each in marks if each <= (asked.until or each)):
            with tempfile.TemporaryDirectory(prefix="warehouse-") as folder:
                said["points"].append(measured(Path(folder), mark, in_postgres=engine == POSTGRES))
            write("warehouse", said)
    print("written: build/warehouse.json")


def measured(folder: Path, events: int, *, in_postgres: bool) -> dict[str, Any]:
    """A full build, the same SELECTs without dbt, the build after one more day, and the pages' queries."""
    url = fresh_database() if in_postgres else None
    settings = Settings(folder, warehouse_url=url)
    point: dict[str, Any] = {"engine": POSTGRES if in_postgres else DUCKDB, "events": events}
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        _timed(point, "draw_s", lambda: draw(connection, events))
    if url:
        _timed(point, "copy_s", lambda: copied(settings.warehouse_path, url))
    _timed(point, "build_s", lambda: build(settings, echo=_quiet), BUILD_S if events == MARKS[0] else None)
    if not url:
        _timed(point, "selects_s", lambda: _selects(settings))
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            draw(connection, max(1_000, events // 365), after=events, year=2026)
        _timed(point, "day_s", lambda: build(settings, echo=_quiet), DAY_S if events == MARKS[0] else None)
        _timed(point, "release_s", lambda: publish(settings, QUARTER, today=date(2026, 2, 1), echo=_quiet))
        point["pages"] = pages(settings.release_path)
        for name, (half, most) in point["pages"].items():
            print(f"page query {name}: p50 {half:.1f} ms, p95 {most:.1f} ms (wish: below {PAGE_MS:.0f})", flush=True)
        point["size"] = settings.warehouse_path.stat().st_size
    return point


def pages(release: Path) -> dict[str, tuple[float, float]]:
    """Milliseconds of what pages ask a release, p50 and p95: a release that was just opened, so nothing is kept."""
    asks: dict[str, Callable[[Release], object]] = {
        "quarters": Release.quarters,
        "countries": Release.countries,
        "levels": lambda of: of.levels("contacts", QUARTER),
        "contacts": lambda of: of.counts("contacts", QUARTER, {}),
        "referrals of women": lambda of: of.counts("referrals", QUARTER, {"sex": [("PT", "F")]}),
        "deliveries": Release.deliveries,
    }
    found: dict[str, tuple[float, float]] = {}
    for name, ask in asks.items():
        times = []
        for _ in range(ROUNDS):
            opened = Release(str(release))
            opened.quarters()
            start = perf_counter()
            ask(opened)
            times.append(1_000 * (perf_counter() - start))
        found[name] = median(times), quantiles(times, n=20)[-1]
    return found


def _selects(settings: Settings) -> None:
    """The control: every table's SELECT, as dbt compiled it, by DuckDB alone, without contract, key and test."""
    compiled = {path.stem: path for path in (settings.home / "dbt").rglob("compiled/**/models/**/*.sql")}
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        tables = "SELECT table_name FROM duckdb_tables() WHERE schema_name <> 'raw'"
        for (name,) in connection.execute(tables).fetchall():
            if name in compiled:
                connection.execute(f"CREATE OR REPLACE TEMP TABLE plain AS {compiled[name].read_text('utf-8')}")


def _timed(point: dict[str, Any], name: str, work: Callable[[], object], wish: float | None = None) -> None:
    with watched_memory() as memory:
        start = perf_counter()
        work()
        point[name] = perf_counter() - start
    beside = f" (wish: at most {wish:.0f})" if wish else ""
    peak = f"at most {memory.own >> 20:,} MiB"
    print(f"{point['engine']}, {point['events']:,} events: {name} {point[name]:.1f}{beside}, {peak}", flush=True)


def _quiet(_line: str) -> None:
    pass
