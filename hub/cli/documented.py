"""The warehouse's own documentation: what dbt knows of every model, as data and as one HTML page that asks nobody.

No database is opened: the types are those that the models declare, so that no value of any record can come into it.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hub.cli.build import PROJECT
from hub.cli.engines import at_file
from hub.errors import Stop

Manifest = dict[str, Any]
OWN = "victim_support_hub"
OF_ONE_RUN = frozenset(
    (
        *("generated_at", "invocation_id", "invocation_started_at", "run_started_at", "created_at"),
        *("user_id", "compiled_path", "root_path"),
    )
)
ASKS = {
    'xlink:href="{{': 'ng-attr-href="{{',
    '<link rel="canonical" href="/overview/"/>': "",
    "${require('./assets/favicons/favicon.ico')}": "data:,",
}
"""What dbt's page would ask a server for before its script has run, and what stands there instead."""
MANIFEST, CATALOG = '"MANIFEST.JSON INLINE DATA"', '"CATALOG.JSON INLINE DATA"'


class Known(NamedTuple):
    """What dbt knows of the warehouse."""

    manifest: Manifest
    """Every model, column, test, source and exposure, and nothing of the run that read them."""
    shell: str
    """dbt's page, still without data."""


def read() -> Known:
    """Read the project's models. Raises Stop where they cannot be read: a warning is an error, as in a build."""
    from dbt.cli.main import dbtRunner  # takes two seconds, which no other command should pay

    with TemporaryDirectory() as folder, at_file(Path(folder) / "warehouse.duckdb"):
        words = ["docs", "generate", "--empty-catalog", "--log-level", "none"]
        words += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        words += ["--target-path", folder, "--log-path", folder]
        outcome = dbtRunner().invoke(words)
        if isinstance(outcome.exception, KeyboardInterrupt):
            raise outcome.exception
        if not outcome.success:
            raise Stop(f"the warehouse's models cannot be read: {outcome.exception or 'dbt parse says why'}")
        manifest = json.loads((Path(folder) / "manifest.json").read_bytes())
        return Known(_lasting(manifest), (Path(folder) / "index.html").read_text("utf-8"))


def page(known: Known) -> str:
    """dbt's documentation as one HTML file: the same for the same models, and complete without a network."""
    shell = known.shell
    for asked, instead in ASKS.items():
        if asked not in shell:
            raise Stop("dbt's page is not the one that this version of the hub knows how to make complete")
        shell = shell.replace(asked, instead)
    return shell.replace(MANIFEST, _inline(_ours(known.manifest))).replace(CATALOG, _inline(_catalog(known.manifest)))


def _lasting(part: Any) -> Any:
    """Without what is of one run: two runs over the same models give the same."""
    if isinstance(part, dict):
        return {name: _lasting(value) for name, value in part.items() if name not in OF_ONE_RUN}
    return [_lasting(value) for value in part] if isinstance(part, list) else part


def _ours(found: Manifest) -> Manifest:
    """Without the macros of dbt itself, a third of the page, which nobody looks up here."""
    macros = {name: macro for name, macro in found["macros"].items() if macro["package_name"] == OWN}
    return {**found, "macros": macros}


def _catalog(found: Manifest) -> Manifest:
    """What dbt would ask a database for, from the declared types: names and types, no sizes and no statistics."""
    nodes = {}
    for name, node in found["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            columns = {
                column: {"name": column, "type": said["data_type"], "index": n, "comment": None}
                for n, (column, said) in enumerate(node["columns"].items(), 1)
            }
            kind = {key: node[key] for key in ("schema", "name")} | {"type": node["config"]["materialized"]}
            kind |= {"database": None, "comment": None, "owner": None}
            nodes[name] = {"unique_id": name, "metadata": kind, "columns": columns, "stats": {}}
    return {"metadata": {}, "nodes": nodes, "sources": {}, "errors": None}


def _inline(data: Manifest) -> str:
    """JSON that may stand within a script of a page."""
    return json.dumps(data, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
