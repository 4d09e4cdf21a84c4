"""An installation that took the files of the five programmes, in the order in which they were told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from examples.generator import generate, mapping_of
from examples.programmes import FOLDER, TOLD
from hub.adapters.base import Statement
from hub.adapters.plan_file import adapter
from hub.cli.build import build
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import ingest
from hub.cli.installation import installation
from hub.settings import Settings
from tests.pipe import quiet
from tests.warehouse_rows import TODAY, Row

ACTIVITIES = {"nl-iom-samen": (2023, 0.25), "nl-iom-protect": (2019, 0.25)}
"""Made-up sessions: partner of the generator → year and scale."""
MARTS = (
    "measures", "due_dates", "targets", "recommendations", "gaps", "measure_answers", "programme_partners",
    "programme_places", "instrument_versions", "framework_cells", "programme_reach", "programme_languages",
)  # fmt: skip
"""All that a programme is seen in: the rest of the warehouse is about other things, and is not built."""
Counts = dict[str, Any]


def statement(name: str) -> Statement:
    """What a programme's file states."""
    with (FOLDER / name).open("rb") as source:
        (record,) = adapter.read(source)
    return adapter.translate(record)


def sender(name: str) -> str:
    """Who sends a programme's file."""
    with (FOLDER / name).open("rb") as source:
        (record,) = adapter.read(source)
    return adapter.sender(record)[0]


class Programmes:
    """An installation that was told all of them, each file twice, and the warehouse that was built of it."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        self.first: dict[str, Counts] = {}
        self.again: dict[str, Counts] = {}
        self.sessions = {
            partner: generate(home / "files", year=year, scale=scale, partners=[partner], broken=0)[0].path
            for partner, (year, scale) in ACTIVITIES.items()
        }
        with installation(self.settings) as hub:
            for name in (name for names in TOLD.values() for name in names):
                self.first[name] = ingest(hub, FOLDER / name, "plan_file", complete=True, echo=quiet)
                before = hub.store.position()
                self.again[name] = ingest(hub, FOLDER / name, "plan_file", complete=True, echo=quiet)
                self.again[name]["events"] = hub.store.position() - before
            for partner, path in self.sessions.items():
                self.first[partner] = ingest(hub, path, str(mapping_of(partner)), complete=True, echo=quiet)
            catch_up_warehouse(hub, rebuild=False, echo=quiet)
        build(self.settings, as_of=TODAY, select=" ".join(f"+{name}" for name in MARTS), echo=quiet)

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query, values).fetchall()
