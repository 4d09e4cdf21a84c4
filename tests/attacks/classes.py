"""Somebody who knows her place, sex and age: classes of people so few (k), or so alike (l), that a figure is about her.

The enclave's tables of single persons hold such classes, and nobody reads them by hand. What readers get is the
release: so the classes that it shows are held against the persons who are truly in them, over twelve months.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from hub.cli.demo import YEAR, run
from hub.release.coarsen import Lattice, read_lattice
from hub.settings import Settings
from tests.attacks.attack import Attack, Outcome

K, L = 5, 2
"""Persons, and kinds of violence, that a class must have at least."""
KNOWN = ("region", "sex", "age_band")
"""What somebody knows of her, beside the country."""
TOLD = "context"
"""What a figure would tell him."""
SCALE = 0.25
"""Of the partners' published year, in the whole campaign; the demo's own."""
CUBES = ("contacts", "referrals")
"""Those that go out by region."""
RAW = ("contact_held", "referral_sent", "case_opened")


class Shown(NamedTuple):
    """A class of a release: who is truly in it, and whether the release tells their kinds of violence apart."""

    persons: int
    kinds: int
    told: bool

    @property
    def tells(self) -> bool:
        """Somebody is in it, and it says too much. A class that rounding shows and in which nobody is says nothing."""
        return 0 < self.persons < K or (self.persons > 0 and self.told and self.kinds < L)


def below(connection: duckdb.DuckDBPyConnection, table: str, kind: str, known: tuple[str, ...]) -> tuple[int, int]:
    """How many classes of a table of single persons are below k or l, and how many there are."""
    classes = f"SELECT count(DISTINCT subject) k, count(DISTINCT {kind}) l FROM {table} GROUP BY {', '.join(known)}"
    found = connection.execute(
        f"SELECT count(*) FILTER (WHERE k < {K} OR l < {L}), count(*) FROM ({classes})"
    ).fetchone()
    return found or (0, 0)


def shown(settings: Settings) -> Iterator[Shown]:
    """The classes of a release that has been made from the warehouse beside it."""
    lattice = read_lattice()
    with (
        duckdb.connect(str(settings.release_path), read_only=True) as release,
        duckdb.connect(str(settings.warehouse_path), read_only=True) as enclave,
    ):
        for cube in CUBES:
            for country, levels, quarters in _tables(release, cube):
                persons, kinds = _truly(enclave, cube, country, levels, lattice)
                rows = release.execute(
                    f"SELECT DISTINCT {', '.join(KNOWN)} FROM {cube} WHERE country = ? AND list_contains(?, quarter)",
                    [country, quarters],
                )
                told = levels[TOLD] < lattice.tops[TOLD]
                yield from (Shown(len(persons[each]), len(kinds[each]), told) for each in rows.fetchall())


Levels = dict[str, int]
Sets = dict[tuple[str, ...], set[str]]


def _tables(release: duckdb.DuckDBPyConnection, cube: str) -> Iterator[tuple[str, Levels, list[str]]]:
    """A country's quarters that were published at the same levels."""
    rows = release.execute(
        "SELECT country, each, list(quarter) FROM (SELECT country, quarter, "
        "list((dimension, level) ORDER BY dimension) AS each FROM levels WHERE cube = ? GROUP BY ALL) "
        "GROUP BY ALL ORDER BY ALL",
        [cube],
    )
    for country, levels, quarters in rows.fetchall():
        yield country, dict(levels), quarters


def _truly(
    enclave: duckdb.DuckDBPyConnection, cube: str, country: str, levels: Levels, lattice: Lattice
) -> tuple[Sets, Sets]:
    """Who is in each class of a country's year at these levels, and of which kinds."""
    source = lattice.cubes[cube].source
    rows = enclave.execute(
        f"SELECT DISTINCT subject, {', '.join(KNOWN)}, {TOLD} FROM {source} WHERE country = ?", [country]
    ).fetchall()
    coarse = {}
    for dimension in (*KNOWN, TOLD):
        ladder = lattice.ladder(dimension, country, sorted({row[1] for row in rows} | {country}))
        level = levels[dimension]
        names = [ladder.values[level][place] for place in ladder.places[level]]
        coarse[dimension] = dict(zip(ladder.values[0], names, strict=True))
    persons: Sets = defaultdict(set)
    kinds: Sets = defaultdict(set)
    for subject, *known, told in rows:
        one = tuple(coarse[dimension][value] for dimension, value in zip(KNOWN, known, strict=True))
        persons[one].add(subject)
        kinds[one].add(coarse[TOLD][told])
    return persons, kinds


def _run(folder: Path, scale: float) -> Outcome:
    settings = Settings(folder / "home")
    run(settings, scale=max(0.01, SCALE * scale), seed=1)
    classes = [*shown(settings)]
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as enclave:
        known = ("country", *KNOWN, "nationality_group", "occurred_on")
        raw = [below(enclave, f"raw.{table}", "offence", known)[0] for table in RAW]
    return Outcome(len(classes), sum(each.tells for each in classes), sum(raw))


CLASSES = Attack(
    f"classes of a year's release with fewer than {K} persons, or of one kind of violence ({YEAR}, made up)",
    "the raw feed, by day",
    _run,
)
