"""`hub release`: a closed quarter is bounded, coarsened, rounded, signed and frozen, for all countries together.

What a quarter's release says is decided once. Later data, corrections and erasures are absorbed: a before and an after
of the same quarter would be the person. Non-personal tables (plans, delivery status) are renewed on every run.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from hub.errors import Reject, Stop
from hub.release import cube, ledger, zone
from hub.release.coarsen import Lattice, read_lattice
from hub.release.manifest import TABLES, canonical, code_hash, commitment, digest
from hub.release.protect import band, protect
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
    position: int | None = None,
    early: bool = False,
    echo: Callable[[str], None] = print,
) -> Published:
    """Releases a quarter (`2025Q3`) or the quarters of a year (`2025`). `position`: where the cubes stand in the log.
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
            countries = cube.countries(connection)
            if not cube.contributed(connection):
                raise Stop("the warehouse holds nobody: receive, project and build first")
            place = _place(connection) if position is None else position
            new = [q for q in asked if q not in frozen and cube.contributed(connection, q)]
            if not new and not frozen:
                raise Reject(f"nothing happened in {period}: an empty period is not frozen")
            _nothing_purged(new, cube.purged(connection))
            floors = ledger.coarsest(settings.release_path, lattice.tops)
            added = []
            for quarter in new:
                echo(f"{quarter}: protecting {len(countries)} countries")
                added.append(_quarter(connection, quarter, countries, floors, lattice, keys, place, today))
        changed = zone.replace_release(settings.release_path, settings.warehouse_path, added)
        zone.write_folders(settings.release_path, settings.home / "releases", keys, _signer)
    for quarter in frozen:
        echo(f"{quarter}: frozen, nothing about it changes")
    empty = [quarter for quarter in asked if quarter not in new and quarter not in frozen]
    for quarter in empty:
        echo(f"{quarter}: nothing happened, not released")
    return Published(settings.release_path, tuple(new), tuple(frozen), tuple(empty), place, changed)


def _quarter(
    connection: duckdb.DuckDBPyConnection,
    quarter: str,
    countries: dict[str, list[str]],
    floors: Floors,
    lattice: Lattice,
    keys: ReleaseKeys,
    position: int,
    today: date,
) -> zone.NewRelease:
    """All countries, both cubes. Raises the floors for the quarters that follow in the same run."""
    release = ledger.release_id(quarter)
    rows: dict[str, list[zone.Row]] = {table: [] for table in TABLES}
    commitments: dict[str, dict[str, str]] = {name: {} for name in lattice.cubes}
    for name, dimensions in lattice.cubes.items():
        order = [dimensions.index(column) for column in zone.columns(name)[3:-1]]
        for country, regions in countries.items():
            ladders = [lattice.ladder(dimension, country, regions) for dimension in dimensions]
            given = cube.read(connection, name, country, quarter, ladders)
            chance_seed = seed(keys.secret, quarter, country, name)
            floor = floors.setdefault((name, country), {})
            result = protect(given, ladders, floor, lattice.policy, chance_seed)
            ledger.raise_floor(floor, result.levels, lattice.tops)
            commitments[name][country] = commitment(chance_seed)
            rows["levels"] += [(release, name, country, quarter, d, level) for d, level in result.levels.items()]
            rows[name] += [(release, quarter, country, *(c[i] for i in order), n) for c, n in result.cells]
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
        "bands": {name: band(name, lattice.policy) for name in lattice.cubes},
        "seed_commitments": commitments,
        "code": code_hash(),
        "tables": {t: {"rows": len(rows[t]), "sha256": digest(zone.columns(t), rows[t])} for t in TABLES},
        "signed_by": keys.public.hex(),
    }
    row = (release, quarter, today, position, lattice.policy.base, canonical(manifest))
    return zone.NewRelease(row, rows)


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
    """How far in the log the warehouse is."""
    try:
        row = connection.execute("SELECT max(position) FROM raw.place").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or row[0] is None:
        raise Stop("the warehouse does not say how far it has read the log: project first")
    return int(row[0])


def _signer(manifest: str) -> str:
    return str(json.loads(manifest)["signed_by"])
