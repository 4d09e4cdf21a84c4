"""What somebody can work out who knows that several released tables count the same persons: the least and the most that
each cell can hold, by every equation that this gives, over and over until nothing more follows."""

import itertools
from collections.abc import Iterable, Mapping
from functools import cache

import duckdb
import numpy as np

from hub.release.coarsen import read_lattice
from tests.release_warehouse import COURSE_SHARES, SHARES

Cell = tuple[str, ...]
"""Table, period, then a value a dimension."""
BANDS = {"0-13": "CHILD", "14-17": "CHILD", "0-17": "CHILD", "child": "CHILD", "U": "U", "ALL": "ALL"}


class Knowledge:
    """Numbers between bounds, and which of them are sums of which others."""

    def __init__(self) -> None:
        self.names: dict[Cell, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.sums: list[tuple[int, np.ndarray]] = []

    def number(self, name: Cell, low: float = 0, high: float = np.inf) -> int:
        """A number by its name; a new one gets these bounds."""
        if name not in self.names:
            self.names[name] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        return self.names[name]

    def told(self, name: Cell, published: int) -> None:
        """A published number. 5 is read as 1 to 9: harsher than the truth, as an empty cell may show a 5 too."""
        self.number(name, max(1, published - 4) if published else 0, published + 4)

    def count_the_same(self, name: str, tables: Iterable[Mapping[Cell, Cell]]) -> dict[Cell, Cell]:
        """Each table says for its cells in which group they are: every group is the same number in all tables."""
        found: dict[Cell, Cell] = {}
        for table in tables:
            groups: dict[Cell, list[Cell]] = {}
            for cell, group in table.items():
                groups.setdefault(group, []).append(cell)
            for group, cells in groups.items():
                found[name, *group] = group
                self.sums.append((self.number((name, *group)), np.array([self.number(cell) for cell in cells])))
        return found

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most of every number, when no equation narrows anything any more."""
        low, high = np.array(self.low), np.array(self.high)
        while True:
            before = low.copy(), high.copy()
            for whole, parts in self.sums:
                low[whole] = max(low[whole], low[parts].sum())
                high[whole] = min(high[whole], high[parts].sum())
                if np.isfinite(high[parts]).all():
                    low[parts] = np.maximum(low[parts], low[whole] - (high[parts].sum() - high[parts]))
                high[parts] = np.minimum(high[parts], high[whole] - (low[parts].sum() - low[parts]))
            assert (low <= high).all()  # what is assumed of the tables is true of them
            if np.array_equal(before[0], low) and np.array_equal(before[1], high):
                return low, high

    def surely(self, least: int, most: int) -> list[Cell]:
        """The numbers that lie between these for certain."""
        low, high = self.bounds()
        return [name for name, i in self.names.items() if least <= low[i] and high[i] <= most]


@cache
def climbed(dimension: str, value: str, level: int, to: int, country: str = "PT") -> str:
    """What a value of one level is called at a higher one."""
    ladder = read_lattice().ladder(dimension, country, [country + region for region in SHARES["region"]])
    finest = ladder.places[level].tolist().index(ladder.values[level].index(value))
    return ladder.values[to][ladder.places[to][finest]]


def whole_table(
    connection: duckdb.DuckDBPyConnection, cube: str, quarter: str, levels: Mapping[str, int], country: str = "PT"
) -> dict[Cell, int]:
    """Every cell that a table could show at these levels, with what it shows: 0 where it shows nothing."""
    lattice = read_lattice()
    yearly = cube.startswith("fct_")
    says = lattice.cubes["courses" if yearly else cube]
    where = f"year = '{quarter[:4]}' AND fact = '{cube}'" if yearly else f"quarter = '{quarter}'"
    rows = connection.execute(
        f"SELECT {', '.join(says.columns)}, {says.counts} FROM {says.name} WHERE country = ? AND {where}", [country]
    ).fetchall()
    if yearly and not rows:
        return {}  # too few persons: nothing is said
    shown = {row[:-1]: row[-1] for row in rows}
    regions = [country + region for region in SHARES["region"]]
    values = [
        lattice.ladder(d, country, list(COURSE_SHARES[cube]) if d == "course" else regions).values[levels[d]]
        for d in says.columns
    ]
    assert set(shown) <= set(itertools.product(*values))
    return {(cube, quarter, *cell): shown.get(cell, 0) for cell in itertools.product(*values)}


def knowledge(connection: duckdb.DuckDBPyConnection, year: str, country: str = "PT") -> Knowledge:
    """All that the released tables say of a country's year in which each person is one row of every kind."""
    lattice, known = read_lattice(), Knowledge()
    levels: dict[tuple[str, str], dict[str, int]] = {}
    for cube, quarter, dimension, level in connection.execute(
        "SELECT cube, quarter, dimension, level FROM levels WHERE country = ? AND quarter LIKE ?", [country, f"{year}%"]
    ).fetchall():
        levels.setdefault((cube, quarter), {})[dimension] = level
    tables = {key: whole_table(connection, *key, depth, country) for key, depth in levels.items()}
    for cells in tables.values():
        for cell, published in cells.items():
            known.told(cell, published)

    def grouped(key: tuple[str, str], at: Mapping[str, int]) -> dict[Cell, Cell]:
        names = lattice.cubes["courses" if key[0].startswith("fct_") else key[0]].columns
        return {
            cell: tuple(climbed(d, cell[2 + names.index(d)], levels[key][d], at[d], country) for d in sorted(at))
            for cell in tables[key]
        }

    together: list[tuple[dict[Cell, Cell], int, bool]] = []
    """Tables of the whole year with (age, sex) of each cell, the level of sex, and whether age is told."""
    quarterly: dict[Cell, Cell] = {}
    quarters = sorted({quarter for cube, quarter in tables if cube == "contacts"})
    deepest, aged = 0, True
    for quarter in quarters:
        pair = [("contacts", quarter), ("referrals", quarter)]
        at = {d: max(levels[key][d] for key in pair) for d in ("age_band", "context", "region", "sex")}
        quarterly |= known.count_the_same(f"persons {quarter}", [grouped(key, at) for key in pair])
        deepest, aged = max(deepest, at["sex"]), aged and at["age_band"] < 3
        assert all(level == at["sex"] for level in [at["sex"]])
        together.append(({}, at["sex"], aged))
    sexes = {quarter: depth for quarter, (_, depth, _) in zip(quarters, together, strict=True)}
    yearly = [key for key, cells in tables.items() if key[0].startswith("fct_") and cells]
    for depth in sorted({tuple(sorted((d, v) for d, v in levels[key].items() if d != "course")) for key in yearly}):
        at = dict(depth)
        known.count_the_same(
            f"year at {depth}", [grouped(key, at) for key in yearly if all(levels[key][d] <= at[d] for d in at)]
        )
    sex = max([deepest, *(levels[key]["sex"] for key in yearly)])
    aged = aged and all(levels[key]["age_group"] < 2 for key in yearly)

    def of_year(age: str, of_sex: str, depth: int) -> Cell:
        told = BANDS.get(age, "U" if age in ("NA", "NR", "REF") else "ADULT" if age not in ("CHILD",) else age)
        return (told if aged else "ALL", climbed("sex", of_sex, depth, sex, country))

    persons = {cell: of_year(group[0], group[3], sexes[cell[0][-6:]]) for cell, group in quarterly.items()}
    columns = lattice.cubes["courses"].columns
    facts = [
        {
            cell: of_year(cell[2 + columns.index("age_group")], cell[2 + columns.index("sex")], levels[key]["sex"])
            for cell in tables[key]
        }
        for key in yearly
    ]
    known.count_the_same("year", [persons, *facts])
    return known
