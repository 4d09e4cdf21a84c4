"""The project as dbt parsed it, kept by what its files hold: parsing takes longer than building a small warehouse."""

import hashlib
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hub.errors import HubError

FOLDER = "HUB_PARSED"
"""A variable that names a folder in which parsed projects are kept for other processes too. Tests set it."""
_KEPT: dict[str, Any] = {}


class NotParsed(HubError):
    """The project does not parse; the cause is what dbt said."""


def parsed(project: Path, target: str, words: Sequence[str]) -> Any:
    """A copy of the parsed project that one call of dbt may use up. `words`: what dbt has to be told to parse it.

    Variables and the place of the warehouse's file are read when a model runs, so that one parsed project serves all.
    Raises NotParsed.
    """
    name = fingerprint(project, target)
    if name not in _KEPT:
        folder = os.environ.get(FOLDER)
        file = Path(folder) / f"{name}.msgpack" if folder else None
        _KEPT[name] = _read(file) if file and file.exists() else _parse(words, file)
    return _KEPT[name].deepcopy()


def _parse(words: Sequence[str], file: Path | None) -> Any:
    from dbt.cli.main import dbtRunner  # takes two seconds, which no other command should pay
    from dbt.parser.manifest import extended_mashumaro_encoder

    outcome = dbtRunner().invoke(["parse", *words])
    if not outcome.success:
        raise NotParsed from outcome.exception
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        beside.write_bytes(outcome.result.to_msgpack(extended_mashumaro_encoder))  # type: ignore[union-attr]
        beside.replace(file)
    return outcome.result


def _read(file: Path) -> Any:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    return Manifest.from_msgpack(file.read_bytes(), decoder=extended_mashumuro_decoder)


def fingerprint(project: Path, target: str) -> str:
    """A hash of every file of the project, what builds it, the target, and the database that each relation names."""
    made_by = [f"{name} {version(name)}" for name in ("dbt-core", "dbt-duckdb", "dbt-postgres", "duckdb")]
    digest = hashlib.sha256(f"{project} {target} {os.environ.get('PGDATABASE', '')} {made_by}".encode())
    for file in sorted(project.rglob("*")):
        if file.suffix in (".sql", ".yml", ".md", ".csv") and file.is_file():
            digest.update(str(file.relative_to(project)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
