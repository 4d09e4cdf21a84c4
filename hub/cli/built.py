"""What the last build was of, kept beside its tables: the next one makes only what something new has reached."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from hub.cli.engines import NO_WAREHOUSE, Ask
from hub.errors import Stop
from hub.events import NEWEST
from hub.projections.raw_tables import SCHEMA, table_name

AS_OF = "macro.victim_support_hub.as_of"
"""The macro by which a model asks for the day: what calls it is another tomorrow."""
BUILDS = "built.builds"
"""One row once a build has ended well, none while it has not: dbt takes it away first (macros/builds.sql)."""
RAW = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{SCHEMA}'"  # noqa: S608


class Build(NamedTuple):
    """What a build is of: models, what they were told, the day that is judged on, and the raw tables' contents."""

    project: str
    as_known_at: int | None
    as_of: str
    position: int
    reached: dict[str, tuple[int, int]]
    """Of each raw table: how many rows, and the last one's position. Rows come, and none of them ever changes."""


def read_now(ask: Ask, project: str, as_known_at: int | None, as_of: str | None) -> Build:
    """What a build that began now would be of. Raises Stop where there are no raw tables."""
    there = {name for (name,) in ask(RAW)}
    if "place" not in there:
        raise Stop(NO_WAREHOUSE)
    tables = there & {table_name(name) for name in NEWEST}
    counts = [f"SELECT '{each}', count(*), coalesce(max(position), 0) FROM {SCHEMA}.{each}" for each in tables]  # noqa: S608
    reached = {str(name): (int(rows), int(last)) for name, rows, last in ask(" UNION ALL ".join(counts))}
    ((today, position),) = ask(f"SELECT CAST(current_date AS VARCHAR), max(position) FROM {SCHEMA}.place")  # noqa: S608
    return Build(project, as_known_at, as_of or today, int(position), reached)


def read_last(ask: Ask) -> Build | None:
    """What the tables that are there were made of; None where nobody can tell."""
    there = "SELECT 1 FROM information_schema.tables WHERE table_schema = 'built' AND table_name = 'builds'"
    rows = ask(f"SELECT as_known_at, position, said FROM {BUILDS}") if ask(there) else []  # noqa: S608
    if len(rows) != 1:
        return None
    ((as_known_at, position, said),) = rows
    told = json.loads(said)
    reached = {name: (int(count), int(last)) for name, (count, last) in told["reached"].items()}
    return Build(told["project"], as_known_at, told["as_of"], position, reached)


def keep(ask: Ask, build: Build) -> None:
    """Say that the tables are now of this build."""
    known = "NULL" if build.as_known_at is None else str(build.as_known_at)
    said = json.dumps({"project": build.project, "as_of": build.as_of, "reached": build.reached})
    ask(f"INSERT INTO {BUILDS} (as_known_at, position, said) VALUES ({known}, {build.position}, '{said}')")  # noqa: S608


def forget(ask: Ask) -> None:
    """Say nothing of tables of which only some were made."""
    ask(f"DROP TABLE IF EXISTS {BUILDS}")


def reached(manifest: Any, last: Build | None, now: Build) -> list[str] | None:
    """Models and tests of which something is new since the last build, in full as `folder.name`: a name alone is also a
    folder's to dbt. None: all, also what is a view.

    A view over raw tables shows what is new as it is. One that asks for the day holds the day that it was made on, and
    one over a table goes with it where the engine binds it so.
    """
    if last is None or (last.project, last.as_known_at) != (now.project, now.as_known_at):
        return None
    new = {table for table, found in now.reached.items() if last.reached.get(table) != found}
    sources = [name for name, source in manifest.sources.items() if source.identifier in new]
    moved = manifest.nodes.items() if last.as_of != now.as_of else ()
    dated = {name for name, node in moved if AS_OF in _macros(manifest, node.depends_on.macros)}
    manifest.build_parent_and_child_maps()
    below = _below(manifest.child_map, [*sources, *dated])
    models = {name: node for name, node in manifest.nodes.items() if name in below and node.resource_type == "model"}
    tables = {name for name, node in models.items() if node.config.materialized != "view"}
    anew = _below(manifest.child_map, tables | dated)
    tests = {
        name
        for name, node in manifest.nodes.items()
        if node.resource_type == "test" and below.intersection(manifest.parent_map[name])
    }
    return sorted(".".join(manifest.nodes[name].fqn) for name in (anew & models.keys()) | tests)


def _macros(manifest: Any, called: Iterable[str]) -> set[str]:
    """Macros, and those that they call."""
    return {*called} | _below({name: each.depends_on.macros for name, each in manifest.macros.items()}, called)


def _below(children: dict[str, list[str]], begin: Iterable[str]) -> set[str]:
    """Where one begins, and all that can be reached from there."""
    found, waiting = set(begin), list(begin)
    while waiting:
        new = set(children.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found
