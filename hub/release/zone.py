"""The release file: built whole beside the old one, then put in its place in one step.

A process killed at any moment leaves the old file or the new one. Everything else about a release (its folder with
manifest, signature and Parquet) is made from the file afterwards, and made again when it is missing.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from hub.errors import Stop
from hub.release import described
from hub.release.coarsen import Cube, read_lattice
from hub.release.figures import FIGURES
from hub.release.manifest import digest
from hub.release.signing import ReleaseKeys

CODELISTS = Path(__file__).parents[1] / "events" / "codelists"
PUBLIC = (
    "delivery_status", "sharing_agreements", "plans", "pillars", "objectives", "measures", "milestones", "targets",
    "statuses", "due_dates", "recommendations", "gaps", "measure_answers", "programme_partners",
    "programme_places", "instrument_versions", "framework_cells", "programme_reach", "programme_languages",
    "legal_return_items", "legal_returns",
    "indicators", "indicator_values",
)  # fmt: skip
"""Not personal: copied as they are, replaced on every run."""
DIMENSIONS = ("dim_areas", "dim_populations", "dim_services", "dim_service_regions")
"""The dimensions that evaluators join: about nobody, copied alike."""
COPIED = {table: "public_zone" for table in PUBLIC} | {table: "dimensions" for table in DIMENSIONS}
"""Each table that is copied, and the schema of the warehouse that it is copied from."""
COLUMNS = "table_name VARCHAR, column_name VARCHAR, data_type VARCHAR, list VARCHAR, lang VARCHAR, description VARCHAR"
"""The codebook, replaced on every run."""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class NewRelease:
    """What one quarter adds to the release file."""

    ledger_row: Row
    rows: dict[str, list[Row]]


def frozen(cubes: Iterable[Cube]) -> dict[str, str]:
    """The tables that stand, with their columns: the ledger, one a cube, and what is to be known of them."""
    return {
        "releases": "release_id VARCHAR, period VARCHAR, published_on DATE, position BIGINT, base INTEGER, "
        "manifest VARCHAR",
        **{cube.name: _cube_columns(cube) for cube in cubes},
        "levels": "release_id VARCHAR, cube VARCHAR, country VARCHAR, quarter VARCHAR, dimension VARCHAR, "
        "level INTEGER",
        "marks": "release_id VARCHAR, fact VARCHAR, place INTEGER, indicator VARCHAR, version INTEGER, "
        "measure VARCHAR, kind VARCHAR, counting_unit VARCHAR",
    }


def column_names(definition: str) -> list[str]:
    """The names in a table's definition, in order."""
    return [column.split()[0] for column in definition.split(", ")]


def replace_release(path: Path, warehouse: Path, added: Sequence[NewRelease]) -> bool:
    """Adds the releases and renews the non-personal tables. False: nothing had changed, the old file stands."""
    with beside(path) as fresh:
        existed = path.exists()
        if existed:
            shutil.copyfile(path, fresh)
        with duckdb.connect(str(fresh)) as connection:
            before = _public_digests(connection) if existed else {}
            _fill(connection, warehouse, added)
            if existed and not added and _public_digests(connection) == before:
                return False
        _sync(fresh)
        os.replace(fresh, path)
        _sync(path.parent)
    return True


def write_folders(path: Path, folders: Path, keys: ReleaseKeys) -> None:
    """`<folders>/<release>/` for every release that has none: manifest.json, manifest.sig, and Parquet of the tables
    that its manifest names (an older one has fewer)."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for release, manifest in connection.execute("SELECT release_id, manifest FROM releases").fetchall():
            final = folders / release
            if final.exists():
                continue
            said = json.loads(manifest)
            if said["signed_by"] != keys.public.hex():
                raise Stop(f"release {release} was signed with another key than this installation has")
            fresh = folders / f".{release}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            for table in said["tables"]:
                _parquet(connection, table, release, fresh / f"{table}.parquet")
            (fresh / "manifest.json").write_text(manifest, encoding="utf-8")
            (fresh / "manifest.sig").write_text(keys.signer.sign(manifest.encode()).hex() + "\n", encoding="ascii")
            for file in fresh.iterdir():
                _sync(file)
            _sync(fresh)
            fresh.rename(final)
            _sync(folders)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name next to `path` for building, free of what an earlier, killed run left there."""
    fresh = path.with_name(f".{path.name}.new")
    left = (fresh, fresh.with_name(f"{fresh.name}.wal"))
    for file in left:
        file.unlink(missing_ok=True)
    try:
        yield fresh
    finally:
        for file in left:
            file.unlink(missing_ok=True)


def codes() -> list[Row]:
    """(list, code, lang, label) of every code list that this version carries."""
    rows = []
    for file in sorted(CODELISTS.glob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for code, facts in data["codes"].items():
            rows += [(data["name"], str(code), lang, label) for lang, label in (facts.get("labels") or {}).items()]
    return rows


def _fill(connection: duckdb.DuckDBPyConnection, warehouse: Path, added: Sequence[NewRelease]) -> None:
    quoted = str(warehouse).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS enclave (READ_ONLY)")
    connection.begin()
    for table, definition in frozen(read_lattice().cubes.values()).items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({definition})")
    for release in added:
        _insert(connection, "releases", [release.ledger_row])
        for table, rows in release.rows.items():
            _insert(connection, table, rows)
    for table, schema in COPIED.items():
        try:
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM enclave.{schema}.{table}")  # noqa: S608
        except duckdb.CatalogException:
            raise Stop(f"the warehouse has no table {schema}.{table}: build the marts first") from None
    connection.execute("CREATE OR REPLACE TABLE codes (list VARCHAR, code VARCHAR, lang VARCHAR, label VARCHAR)")
    _insert(connection, "codes", codes())
    connection.execute(f"CREATE OR REPLACE VIEW indicator_figures AS {FIGURES}")
    connection.execute(f"CREATE OR REPLACE TABLE columns ({COLUMNS})")
    there = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
    _insert(connection, "columns", list(described.rows(there)))
    connection.commit()
    connection.execute("DETACH enclave")
    connection.execute("CHECKPOINT")


def _cube_columns(cube: Cube) -> str:
    texts = ["release_id", *cube.key, *cube.columns]
    return ", ".join([*(f"{name} VARCHAR" for name in texts), f"{cube.counts} BIGINT"])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Many rows in one statement: one list a column."""
    if rows:
        lists = [list(column) for column in zip(*rows, strict=True)]
        marks = ", ".join(f"unnest(${i + 1})" for i in range(len(lists)))
        connection.execute(f"INSERT INTO {table} SELECT {marks}", lists)


def _public_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    found = {}
    there = {table for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for table in {*COPIED, "codes", "columns"} & there:  # a file of an older release may not have all of them
        cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
        found[table] = digest([column[0] for column in cursor.description or []], cursor.fetchall())
    return found


def _parquet(connection: duckdb.DuckDBPyConnection, table: str, release: str, path: Path) -> None:
    target = str(path).replace("'", "''")
    connection.execute(
        f"COPY (SELECT * FROM {table} WHERE release_id = ? ORDER BY ALL) TO '{target}' (FORMAT parquet)",  # noqa: S608
        [release],
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
