"""Released numbers as FHIR MeasureReports (R4): one a country, quarter and cube, with a stratum for each value.

Every number is a sum over the released cells, like any SELECT on them: rounded already, and nothing is hidden or added.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from hub.errors import Reject
from hub.release.query import connect

CUBES = ("contacts", "referrals")
OWN = "urn:victim-support-hub:"
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
NOT_DIMENSIONS = frozenset({"release_id", "quarter", "country"})
Row = dict[str, Any]


def measure_reports(path: Path, period: str | None = None) -> Row:
    """A collection of MeasureReports, of a quarter (`2025Q3`) or of all. Raises Reject where that was not released."""
    with connect(path) as connection:
        released = connection.execute(
            "SELECT release_id, period, published_on FROM releases ORDER BY period"
        ).fetchall()
        if period is not None and period not in {row[1] for row in released}:
            raise Reject(f"there is no release of that quarter; there are {', '.join(row[1] for row in released)}")
        found = [
            report
            for release, quarter, published in released
            if period in (None, quarter)
            for name in CUBES
            for report in _of_cube(connection, name, release, quarter, published)
        ]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in found]}


def _of_cube(
    connection: duckdb.DuckDBPyConnection, name: str, release: str, quarter: str, published: date
) -> Iterator[Row]:
    columns = [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
    dimensions = [column for column in columns if column not in NOT_DIMENSIONS and column != name]
    where = f"FROM {name} WHERE release_id = ? AND quarter = ?"
    totals = connection.execute(f"SELECT country, sum({name}) {where} GROUP BY 1 ORDER BY 1", [release, quarter])
    for country, total in totals.fetchall():
        yield {
            "resourceType": "MeasureReport",
            "identifier": [{"system": f"{OWN}release", "value": release}],
            "status": "complete",
            "type": "summary",
            "measure": f"{OWN}measure:{name}",
            "date": published.isoformat(),
            "reporter": {"identifier": {"system": "urn:iso:std:iso:3166", "value": country}},
            "period": _period(quarter),
            "group": [{
                "population": [_population(total)],
                "stratifier": [
                    _stratifier(connection, name, dimension, f"{where} AND country = ?", [release, quarter, country])
                    for dimension in dimensions
                ],
            }],
        }  # fmt: skip


def _stratifier(connection: duckdb.DuckDBPyConnection, name: str, dimension: str, where: str, given: list[Any]) -> Row:
    counted = connection.execute(f"SELECT {dimension}, sum({name}) {where} GROUP BY 1 ORDER BY 1", given).fetchall()
    system = f"{OWN}{dimension.replace('_', '-')}"
    return {
        "code": [{"coding": [{"system": f"{OWN}dimension", "code": dimension}]}],
        "stratum": [
            {"value": {"coding": [{"system": system, "code": value}]}, "population": [_population(count)]}
            for value, count in counted
            if value is not None
        ],
    }


def _population(count: int) -> Row:
    return {"code": {"coding": [{"system": POPULATION, "code": "initial-population"}]}, "count": int(count)}


def _period(quarter: str) -> Row:
    """The quarter's first day and its last."""
    year, number = int(quarter[:4]), int(quarter[5])
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return {"start": f"{year}-{number * 3 - 2:02}-01", "end": (after - timedelta(days=1)).isoformat()}
