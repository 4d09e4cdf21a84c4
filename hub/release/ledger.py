"""Which quarters are out, which may go out now, and who is publishing: a quarter is published once and then stands."""

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb

from hub.errors import Reject, Retry

OVER = 1
"""`days_closed` of a quarter that need only be over: the day after its last."""
PERIOD = re.compile(r"([12][0-9]{3})(?:Q([1-4]))?")


def release_id(quarter: str) -> str:
    """`2025Q3` → `r2025Q3`."""
    return f"r{quarter}"


def quarters(period: str) -> list[str]:
    """The quarters of a period: itself, or the four of a year. Raises Reject for anything else."""
    match = PERIOD.fullmatch(period)
    if match is None:
        raise Reject("a period is a quarter such as 2025Q3, or a year such as 2025")
    year, quarter = match.groups()
    return [period] if quarter else [f"{year}Q{number}" for number in range(1, 5)]


def closes_on(quarter: str, days_closed: int) -> date:
    """The first day on which the quarter may be published."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return following + timedelta(days=days_closed - 1)


def closed(period: str, today: date, days_closed: int) -> list[str]:
    """The quarters of the period. Raises Reject unless all of them are closed."""
    asked = quarters(period)
    for quarter in asked:
        if today < closes_on(quarter, days_closed):
            raise Reject(f"{quarter} is not closed: it can be published from {closes_on(quarter, days_closed)}")
    return asked


def released(release_path: Path) -> list[str]:
    """The quarters that are out."""
    if not release_path.exists():
        return []
    with duckdb.connect(str(release_path), read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT period FROM releases ORDER BY period").fetchall()]


def coarsest(release_path: Path, tops: Mapping[str, int]) -> dict[tuple[str, str], dict[str, int]]:
    """(cube, country) → dimension → the coarsest level of any release: no later one may be finer."""
    floors: dict[tuple[str, str], dict[str, int]] = {}
    if not release_path.exists():
        return floors
    with duckdb.connect(str(release_path), read_only=True) as connection:
        rows = connection.execute("SELECT cube, country, release_id, dimension, level FROM levels").fetchall()
    releases: dict[tuple[str, str, str], dict[str, int]] = {}
    for cube, country, release, dimension, level in rows:
        releases.setdefault((cube, country, release), {})[dimension] = level
    for (cube, country, _), levels in releases.items():
        raise_floor(floors.setdefault((cube, country), {}), levels, tops)
    return floors


def raise_floor(floor: dict[str, int], levels: Mapping[str, int], tops: Mapping[str, int]) -> None:
    """Takes one release's levels into the floor of its country and cube.

    A quarter that ended at the top everywhere sets no floor: it shows a single number, with which every later quarter
    can be compared, and one empty quarter must not cost a country its whole later series.
    """
    if any(level < tops[dimension] for dimension, level in levels.items()):
        floor.update({dimension: max(level, floor.get(dimension, 0)) for dimension, level in levels.items()})


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """One publisher at a time. Raises Retry when there is another. The lock dies with its process."""
    with (home / "publish.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Retry("another process is publishing") from None
        yield
