"""Who may import whom (docs/architecture.md). Rooms that do not exist yet are fine; a room nobody knows is not."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOOR = ("hub.errors", "hub.__version__")
"""What every room may stand on."""

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "hub.errors": (),
    "hub.settings": (),
    "hub.keyfiles": (),
    "hub.packed": (),
    "hub.embedded": (),
    "hub.database": ("hub.packed", "hub.embedded"),
    "hub.events": (),
    "hub.indicators": ("hub.events",),
    "hub.adapters": ("hub.events",),
    "hub.edge": ("hub.events", "hub.adapters", "hub.keyfiles"),
    "hub.transport": ("hub.events", "hub.settings"),
    "hub.vault": ("hub.events", "hub.database", "hub.settings", "hub.keyfiles"),
    "hub.log": ("hub.events", "hub.database", "hub.embedded", "hub.vault", "hub.settings", "hub.keyfiles"),
    "hub.projections": ("hub.events", "hub.database", "hub.vault", "hub.log", "hub.settings"),
    "hub.release": ("hub.settings", "hub.keyfiles"),
    "hub.cli": ("hub", "dashboards.serve"),
    "dashboards": (),
}
"""Each room, and what of ours it may import. `release` and `dashboards` touch data by SQL only; `cli` ties all."""

FENCED = {
    "eventsourcing": r"hub/log/|hub/projections/base\.py",
    "kafka": r"hub/transport/(kafka\w*|knock)\.py",
    "fhir": r"hub/adapters/fhir\w*\.py",
    "streamlit": r"dashboards/",
    "dbt": r"hub/cli/",
    "pymerkle": r"(?!)",
}
"""Libraries that only these files know. The last one is GPL: an oracle for tests, never imported here."""

AT_A_PARTNER = ("hub.events", "hub.adapters", "hub.edge", "hub.transport", "hub.errors", "hub.keyfiles")
IMPORT_NAMES = {"python-calamine": "python_calamine", "python-stdnum": "stdnum", "pyyaml": "yaml"}


def modules(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Each source file: its path, its room, and the modules it imports."""
    for package in ("hub", "dashboards"):
        for path in sorted((root / package).rglob("*.py")):
            place = path.relative_to(root)
            yield place.as_posix(), room_of(place), list(imports(path, place))


def room_of(place: Path) -> str:
    if place.parts[0] == "dashboards":
        return "dashboards"
    return "hub" if place.parts[1] == "__init__.py" else f"hub.{place.parts[1].removesuffix('.py')}"


def imports(path: Path, place: Path) -> Iterator[str]:
    """Absolute dotted names, wherever in the file they are imported."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = place.parts[: len(place.parts) - node.level] if node.level else ()
            base = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{base}.{name.name}" for name in node.names)


def is_in(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def trespasses(root: Path) -> list[str]:
    """Every import that crosses a wall, and every room without a place in the picture."""
    found = []
    for place, room, names in modules(root):
        if room != "hub" and room not in MAY_IMPORT:
            found.append(f"{place}: {room} is not in the picture (docs/architecture.md, MAY_IMPORT)")
            continue
        allowed = (room, *FLOOR, *MAY_IMPORT.get(room, ()))
        for name in names:
            top = name.split(".")[0]
            ours = top in ("hub", "dashboards")
            fence = FENCED.get(top)
            if (ours and not is_in(name, allowed)) or (fence and not re.match(fence, place)):
                found.append(f"{place}: may not import {name}")
    return found


def foreign_at_a_partner(root: Path) -> list[str]:
    """Imports, in what runs at a partner, of packages that a plain installation does not bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[^\w-]", each)[0] for each in project["dependencies"]]
    small = {IMPORT_NAMES.get(name, name) for name in names} | {"hub", *FENCED} | sys.stdlib_module_names
    return [
        f"{place}: {name} does not come with the small installation"
        for place, room, names in modules(root)
        if room in AT_A_PARTNER
        for name in names
        if name.split(".")[0] not in small
    ]


def test_every_room_imports_only_what_stands_left_of_it():
    assert trespasses(ROOT) == []


def test_what_runs_at_a_partner_installs_with_few_dependencies():
    assert foreign_at_a_partner(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("hub/events/base.py", "from hub.adapters.base import Record"),
        ("hub/events/base.py", "from hub import settings"),
        ("hub/adapters/table.py", "import hub.vault.keys"),
        ("hub/adapters/table.py", "def read():\n    from ..log import recorders"),
        ("hub/edge/tokens.py", "from hub.vault import keys"),
        ("hub/transport/files.py", "from hub.edge.deliver import Delivery"),
        ("hub/release/cube.py", "from hub.projections import warehouse"),
        ("hub/log/receive.py", "from hub.cli import main"),
        ("hub/log/receive.py", "from dashboards import data"),
        ("dashboards/data.py", "from hub.log import recorders"),
        ("hub/projections/warehouse.py", "from eventsourcing.persistence import Tracking"),
        ("hub/adapters/table.py", "import fhir.resources"),
        ("hub/cli/reader.py", "import streamlit as st"),
        ("hub/cli/reader.py", "from dashboards import data"),
        ("hub/log/receive.py", "import hub"),
        ("hub/attic/old.py", "import json"),
        ("hub/utils.py", "import json"),
    ],
)
def test_a_wall_that_is_crossed_is_seen(file: str, line: str, tmp_path: Path):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(line + "\n", "utf-8")
    assert len(trespasses(tmp_path)) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("hub/edge/deliver.py", "from hub.adapters.base import Adapter"),
        ("hub/projections/base.py", "from eventsourcing.persistence import Tracking"),
        ("hub/adapters/fhir_referral.py", "from fhir.resources.R4B.task import Task"),
        ("hub/cli/operator.py", "import hub\nfrom hub.log import receive\nfrom dashboards.serve import argv"),
        ("dashboards/app.py", "import streamlit\nfrom dashboards import data\nfrom hub import __version__"),
        ("hub/log/receive.py", "from .recorders import Log\nfrom ..vault import subjects"),
    ],
)
def test_a_door_is_open(file: str, line: str, tmp_path: Path):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(line + "\n", "utf-8")
    assert trespasses(tmp_path) == []


def test_a_heavy_library_at_a_partner_is_seen(tmp_path: Path):
    (tmp_path / "hub" / "edge").mkdir(parents=True)
    (tmp_path / "hub" / "edge" / "deliver.py").write_text("import pandas as pd\nimport msgspec\n", "utf-8")
    assert foreign_at_a_partner(tmp_path) == ["hub/edge/deliver.py: pandas does not come with the small installation"]
