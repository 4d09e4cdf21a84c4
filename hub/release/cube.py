"""Contributions of persons to cells, read from the enclave by SQL and bounded (step 0).

A person counts once per cell and in at most m cells of a quarter. Which cells, when there are more, is decided by an
HMAC under the release secret: nobody can arrange to be counted, and nobody can tell who was not.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from hub.errors import Retry, Stop
from hub.release.coarsen import Cube, Ladder, Levels

Ints = NDArray[np.int64]
MARKS = ("fact", "place", "indicator", "version", "measure", "kind", "counting_unit")


@dataclass(frozen=True)
class Contributions:
    """One row a person and finest cell: who (a number within the quarter), where (finest values), how often."""

    subjects: NDArray[np.object_]
    who: Ints
    where: Ints
    """One column a dimension, in the order of the ladders."""
    often: Ints


@dataclass(frozen=True)
class Cells:
    """A dense cube at some levels, in row-major order."""

    shape: tuple[int, ...]
    persons: Ints
    counts: Ints
    """Contacts or referrals in the cell; never less than `persons`."""

    def margins(self) -> list[Ints]:
        """Persons per value of each dimension."""
        axes = range(len(self.shape))
        cube = self.persons.reshape(self.shape)
        return [cube.sum(axis=tuple(a for a in axes if a != d)) for d in axes]


def enclave(path: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, read-only. Raises Stop when there is none, Retry while another process writes it."""
    if not path.exists():
        raise Stop("there is no warehouse yet: receive, project and build first")
    try:
        return duckdb.connect(str(path), read_only=True)
    except duckdb.IOException:
        raise Retry("the warehouse is busy: another process writes it") from None


def countries(connection: duckdb.DuckDBPyConnection, cubes: Iterable[Cube]) -> list[str]:
    """Every country that takes part at all, in any period.

    Not only the countries of one quarter: a country that is listed only when it has somebody would tell that it has.
    """
    parts = [f"SELECT country FROM {cube.source}" for cube in cubes]  # noqa: S608
    parts.append("SELECT country FROM public_zone.delivery_status")
    try:
        return [row[0] for row in connection.execute(" UNION ".join(parts) + " ORDER BY country").fetchall()]
    except duckdb.CatalogException:
        raise Stop("the warehouse has no cubes yet: build the marts first") from None


def reported(
    connection: duckdb.DuckDBPyConnection, cubes: Iterable[Cube], cube: Cube, part: str, country: str
) -> dict[str, list[str]]:
    """What the country's records of any period ever named: regions, in all cubes alike, and this cube's courses."""
    found = {}
    for dimension, where in (("region", ""), ("course", f"AND {cube.each} = $part")):
        if dimension in cube.coarsened:
            sources = [each.source for each in cubes if dimension in each.coarsened]
            parts = [f"SELECT {dimension} FROM {source} WHERE country = $country {where}" for source in sources]  # noqa: S608
            given = {"country": country, **({"part": part} if where else {})}
            found[dimension] = [
                row[0] for row in connection.execute(" UNION ".join(parts) + " ORDER BY 1", given).fetchall()
            ]
    return found


def parts(connection: duckdb.DuckDBPyConnection, cube: Cube) -> list[str]:
    """The cubes in its table: itself, or all that `each` may be, whether anybody stands in them or not."""
    return [cube.name] if cube.each is None else sorted({mark[0] for mark in marks(connection)})


def marks(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """What each place of a course says: fact, place, indicator, version, measure, kind, counting_unit."""
    return connection.execute(f"SELECT {', '.join(MARKS)} FROM cubes.course_marks ORDER BY ALL").fetchall()  # noqa: S608


def contributed(connection: duckdb.DuckDBPyConnection, cubes: Iterable[Cube], quarter: str | None = None) -> bool:
    """Whether anybody at all stands in the cubes (that go out with this quarter)."""
    periods = {cube: cube.period(quarter) if quarter else None for cube in cubes}
    return any(
        connection.execute(
            f"SELECT 1 FROM {cube.source} WHERE $period IS NULL OR {cube.every}::VARCHAR = $period LIMIT 1",  # noqa: S608
            {"period": period},
        ).fetchone()
        for cube, period in periods.items()
        if period or not quarter
    )


def purged(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Country → the last year of which the hub purged what it had learned: no later count of it is whole."""
    try:
        rows = connection.execute("SELECT own_country, max(until) FROM raw.log_purged GROUP BY ALL").fetchall()
    except duckdb.CatalogException:  # a warehouse of before there was such a thing
        return {}
    return dict(rows)


def read(
    connection: duckdb.DuckDBPyConnection, cube: Cube, part: str, country: str, period: str, ladders: Sequence[Ladder]
) -> Contributions:
    """All contributions of one country's period. Raises Stop for a value that the lattice does not know."""
    names = [ladder.dimension for ladder in ladders]
    places = ", ".join(f"list_position(${name}, {name}) - 1 AS {name}" for name in names)
    whole = {"country": country, "period": period, **({"part": part} if cube.each else {})}
    of_part = f"AND {cube.each} = $part" if cube.each else ""
    table = connection.execute(
        f"SELECT subject, sum({cube.counts})::BIGINT AS often, {places} FROM {cube.source} "  # noqa: S608
        f"WHERE country = $country AND {cube.every}::VARCHAR = $period {of_part} "
        "GROUP BY ALL ORDER BY ALL",
        {**whole, **{ladder.dimension: list(ladder.values[0]) for ladder in ladders}},
    ).fetchnumpy()
    unknown = [name for name in ["subject", "often", *names] if np.ma.is_masked(table[name])]
    if unknown:
        raise Stop(f"cube {part}: {', '.join(unknown)} holds a value that lattice.yaml does not know")
    subjects, who = np.unique(np.asarray(table["subject"], dtype=object), return_inverse=True)
    where = np.stack([np.asarray(table[name], dtype=np.int64) for name in names], axis=1)
    return Contributions(subjects, who.astype(np.int64), where, np.asarray(table["often"], dtype=np.int64))


def bounded(
    given: Contributions, ladders: Sequence[Ladder], levels: Levels, most: int, key: bytes, often_most: int = 20
) -> Cells:
    """Persons and counts per cell at these levels: every person in at most `most` cells, `often_most` times in each.

    The bound on cells is on who makes a cell visible. In a cell that others make visible, everybody's contacts count.
    """
    shape = tuple(len(ladder.values[levels[ladder.dimension]]) for ladder in ladders)
    size = int(np.prod(shape))
    coarse = tuple(ladder.places[levels[ladder.dimension]][given.where[:, d]] for d, ladder in enumerate(ladders))
    pairs, back = np.unique(given.who * size + np.ravel_multi_index(coarse, shape), return_inverse=True)
    often = np.bincount(back, weights=given.often, minlength=pairs.size).astype(np.int64)
    who, cell = pairs // size, pairs % size
    kept = often > 0
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    lengths = np.diff(np.append(starts, who.size))
    for start, length in zip(starts[lengths > most].tolist(), lengths[lengths > most].tolist(), strict=True):
        mine = range(start, start + length)
        subject = str(given.subjects[who[start]])
        ranked = sorted(mine, key=lambda i: hmac.digest(key, f"{subject}|{cell[i]}".encode(), "sha256"))
        kept[ranked[most:]] = False
    return Cells(
        shape,
        np.bincount(cell[kept], minlength=size).astype(np.int64),
        np.bincount(cell, weights=np.minimum(often, often_most), minlength=size).astype(np.int64),
    )
