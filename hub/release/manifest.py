"""What a release says about itself, signed: enough to check every byte later, nothing that helps to undo the rounding.

The manifest is canonical JSON. It commits to the seeds by SHA-256 over an HMAC, names the code and the lattice by hash,
and holds the SHA-256 of each published table as an order-free CSV. No exact count stands in it.
"""

import csv
import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from hub.errors import Stop
from hub.release.signing import signed_by


def canonical(manifest: dict[str, Any]) -> str:
    """One text for one content."""
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """SHA-256 of the table as CSV, header first, lines sorted: the order of rows means nothing."""
    lines = sorted(_line(row) for row in rows)
    return hashlib.sha256((_line(columns) + "".join(lines)).encode()).hexdigest()


def commitment(seed: bytes) -> str:
    """Binds us to a seed without showing it: the seed can be opened to an auditor, one country's quarter at a time."""
    return hashlib.sha256(hmac.digest(seed, b"commitment", "sha256")).hexdigest()


def code_hash() -> str:
    """SHA-256 over the code of this room and its lattice."""
    room = Path(__file__).parent
    total = hashlib.sha256()
    for path in [*sorted(room.glob("*.py")), room / "lattice.yaml"]:
        total.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def published_digest(connection: duckdb.DuckDBPyConnection, table: str, release_id: str) -> tuple[str, int]:
    """Digest and number of rows of a release's part of a table."""
    cursor = connection.execute(f"SELECT * FROM {table} WHERE release_id = ?", [release_id])  # noqa: S608
    columns = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    return digest(columns, rows), len(rows)


def verify(manifest: bytes, signature: bytes, public: bytes, release_path: Path) -> None:
    """Raises Stop when the signature, or anything that the release file holds of this release, does not fit."""
    if not signed_by(public, signature, manifest):
        raise Stop("the signature does not belong to this manifest and key")
    said = json.loads(manifest)
    release_id = said["release"]
    with duckdb.connect(str(release_path), read_only=True) as connection:
        row = connection.execute(
            "SELECT period, published_on::VARCHAR, position, base, manifest FROM releases WHERE release_id = ?",
            [release_id],
        ).fetchall()
        expected = (said["period"], said["as_of"], said["position"], said["base"], manifest.decode())
        if row != [expected]:
            raise Stop(f"release {release_id}: the ledger of the release file does not agree with the manifest")
        for table, facts in said["tables"].items():
            if published_digest(connection, table, release_id) != (facts["sha256"], facts["rows"]):
                raise Stop(f"release {release_id}: table {table} is not what was signed")


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(["" if c is None else c for c in cells])
    return text.getvalue()
