"""`hub release`: a closed quarter is bounded, coarsened, rounded, signed and frozen, for all countries together.

What a quarter's release says is decided once. Later data, corrections and erasures are absorbed: a before and an after
of the same quarter would be the person. Non-personal tables (plans, delivery status) are renewed on every run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from hub.errors import Reject, Stop
from hub.release import cube, ledger, zone
from hub.release.coarsen import Cube, Lattice, read_lattice
from hub.release.manifest import canonical, code_hash, commitment, digest
from hub.release.protect import Coarsened, Protected, band, coarsen, protect_alike
from hub.release.rounding import seed
from hub.release.signing import ReleaseKeys, release_keys
from hub.settings import Settings

Floors = dict[tuple[str, str], dict[str, int]]


@dataclass(frozen=True)
class Published:
    """What one run did."""

    path: Path
    released: tuple[str, ...]
    """Quarters that went out now."""
    frozen: tuple[str, ...]
    """Quarters that were out already: nothing about them changed."""
    empty: tuple[str, ...]
    """Quarters in which nobody stands: not released, not frozen."""
    position: int
    changed: bool
    """Whether the release file was replaced at all."""


def publish(
    settings: Settings,
    period: str,
    *,
    today: date,
    early: bool = False,
    echo: Callable[[str], None] = print,
) -> Published:
    """Releases a quarter (`2025Q3`) or the quarters of a year (`2025`).

    `early`: once it is over, without waiting for late deliveries. Nothing else is ever let pass.

    Raises Reject for a period that is malformed, not closed or empty, Stop when there is nothing to release from.
    """
    lattice = read_lattice()
    asked = ledger.closed(period, today, ledger.OVER if early else lattice.policy.days_closed)
    settings.home.mkdir(parents=True, exist_ok=True)
    with ledger.only_one(settings.home):
        out = ledger.released(settings.release_path)
        frozen = [quarter for quarter in asked if quarter in out]
        keys = release_keys(settings.keys_dir)
        with cube.enclave(settings.warehouse_path) as connection:
            place = _place(connection)
            cubes = lattice.cubes.values()
            countries = cube.countries(connection, cubes)
            if not cube.contributed(connection, cubes):
                raise Stop("the warehouse holds nobody: receive, project and build first")
            new = [q for q in asked if q not in frozen and cube.contributed(connection, cubes, q)]
            if not new and not frozen:
                raise Reject(f"nothing happened in {period}: an empty period is not frozen")
            _nothing_purged(new, cube.purged(connection))
            floors = ledger.coarsest(settings.release_path, lattice.tops)
            added = []
            for quarter in new:
                echo(f"{quarter}: protecting {len(countries)} countries")
                added.append(_quarter(connection, quarter, countries, floors, lattice, keys, place, today))
        changed = zone.replace_release(settings.release_path, settings.warehouse_path, added)
        zone.write_folders(settings.release_path, settings.home / "releases", keys)
    for quarter in frozen:
        echo(f"{quarter}: frozen, nothing about it changes")
    empty = [quarter for quarter in asked if quarter not in new and quarter not in frozen]
    for quarter in empty:
        echo(f"{quarter}: nothing happened, not released")
    return Published(settings.release_path, tuple(new), tuple(frozen), tuple(empty), place, changed)


def _quarter(
    connection: duckdb.DuckDBPyConnection,
    quarter: str,
    countries: Sequence[str],
    floors: Floors,
    lattice: Lattice,
    keys: ReleaseKeys,
    position: int,
    today: date,
) -> zone.NewRelease:
    """All countries, all cubes that go out with this quarter. Raises the floors for what follows in the same run."""
    release = ledger.release_id(quarter)
    going = [each for each in lattice.cubes.values() if each.period(quarter)]
    tables = {name: zone.column_names(columns) for name, columns in zone.frozen(going).items() if name != "releases"}
    rows: dict[str, list[zone.Row]] = {table: [] for table in tables}
    rows["marks"] = [(release, *mark) for mark in cube.marks(connection) if any(each.each for each in going)]
    commitments: dict[str, dict[str, str]] = {}
    for every in sorted({each.every for each in going}):
        together = [each for each in going if each.every == every]
        for country in countries:
            shared = seed(keys.secret, together[0].period(quarter) or quarter, country, "shared")
            made = _alike(connection, quarter, country, together, floors, lattice, keys, shared)
            commitments.setdefault(f"shared.{every}", {})[country] = commitment(shared)
            for (table, part), (result, own) in made.items():
                commitments.setdefault(part, {})[country] = commitment(own)
                rows["levels"] += [(release, part, country, quarter, d, level) for d, level in result.levels.items()]
                rows[table] += _rows(release, quarter, country, lattice.cubes[table], part, result)
    manifest = {
        "release": release,
        "period": quarter,
        "position": position,
        "as_of": today.isoformat(),
        "base": lattice.policy.base,
        "eps": lattice.policy.false_positive,
        "m": lattice.policy.leaves_per_person,
        "often": lattice.policy.often_per_person,
        "expected": lattice.policy.expected,
        "thin_share": lattice.policy.thin_share,
        "levels": _nested(rows["levels"]),
        "bands": {each.name: band(each.counts, lattice.policy) for each in going},
        "seed_commitments": commitments,
        "code": code_hash(),
        "tables": {t: {"rows": len(rows[t]), "sha256": digest(names, rows[t])} for t, names in tables.items()},
        "signed_by": keys.public.hex(),
    }
    row = (release, quarter, today, position, lattice.policy.base, canonical(manifest))
    return zone.NewRelease(row, rows)


def _alike(
    connection: duckdb.DuckDBPyConnection,
    quarter: str,
    country: str,
    together: Sequence[Cube],
    floors: Floors,
    lattice: Lattice,
    keys: ReleaseKeys,
    shared: bytes,
) -> dict[tuple[str, str], tuple[Protected, bytes]]:
    """All cubes of one country and period, by table and part, each with its own seed. One that is not shown is at the
    top everywhere, like one of nobody."""
    coarse: dict[str, Coarsened] = {}
    made: dict[tuple[str, str], tuple[Protected, bytes]] = {}
    for each in together:
        period = each.period(quarter) or quarter
        for part in cube.parts(connection, each):
            found = cube.reported(connection, together, each, part, country)
            ladders = [lattice.ladder(dimension, country, found.get(dimension, ())) for dimension in each.coarsened]
            own = seed(keys.secret, period, country, part)
            made[each.name, part] = Protected({ladder.dimension: ladder.top for ladder in ladders}, []), own
            if found.get("course") != []:  # else no record of the country ever had one, and there is no cube
                given = cube.read(connection, each, part, country, period, ladders)
                coarse[part] = coarsen(given, ladders, floors.get((part, country), {}), lattice.policy, own)
    results = protect_alike(coarse, lattice.policy, shared, max(each.persons for each in together))
    for table, part in made:
        if part in results:
            made[table, part] = results[part], made[table, part][1]
            ledger.raise_floor(floors.setdefault((part, country), {}), results[part].levels, lattice.tops)
    return made


def _rows(release: str, quarter: str, country: str, of: Cube, part: str, result: Protected) -> list[zone.Row]:
    """The cells as their table has them."""
    order = [of.coarsened.index(column) for column in of.columns]
    head = (release, of.period(quarter), country, *([part] if of.each else []))
    return [(*head, *(cell[i] for i in order), number) for cell, number in result.cells]


def _nested(levels: Sequence[zone.Row]) -> dict[str, dict[str, dict[str, int]]]:
    """cube → country → dimension → level."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for _, name, country, _, dimension, level in levels:
        found.setdefault(name, {}).setdefault(country, {})[dimension] = level
    return found


def _nothing_purged(new: Sequence[str], purged: dict[str, int]) -> None:
    """Raises Stop for a quarter of which a country's records may be gone: what is left is not what there was."""
    for country, until in sorted(purged.items()):
        if gone := [quarter for quarter in new if int(quarter[:4]) <= until]:
            raise Stop(f"{', '.join(gone)} cannot be released any more: records of {country} until {until} were purged")


def _place(connection: duckdb.DuckDBPyConnection) -> int:
    """How far in the log the cubes are. Raises Stop for what no build left whole, or left without what is known now."""
    try:
        builds = connection.execute("SELECT as_known_at, position FROM built.builds").fetchall()
    except duckdb.CatalogException:
        builds = []
    if len(builds) != 1:
        raise Stop("the warehouse was not built, or its last build did not end: hub build")
    ((as_known_at, position),) = builds
    if as_known_at is not None:
        raise Stop(f"the warehouse is built as it was known at {as_known_at:,}: hub build makes it whole")
    return int(position)
