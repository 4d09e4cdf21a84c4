"""The five programmes as examples: their files in the order in which they were told, and an installation that took them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from examples.generator import generate, mapping_of
from hub.adapters.base import Statement
from hub.adapters.plan_file import adapter
from hub.cli.build import build
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import ingest
from hub.cli.installation import installation
from hub.settings import Settings
from tests.pipe import ROOT
from tests.warehouse_rows import TODAY, Row

FOLDER = ROOT / "examples" / "programmes"
TOLD: dict[str, tuple[str, ...]] = {
    "INVICTUS": ("invictus/project.yaml", "invictus/project-2026-06.yaml"),
    "2G4V": ("2gether4victims/project.yaml", "2gether4victims/project-2026-01.yaml"),
    "STOPP-VIF": ("stopp-vif/zone.yaml", "stopp-vif/zone-2024-09.yaml"),
    "SAMEN": ("samen/project.yaml", "samen/project-2024-02.yaml"),
    "PROTECT": ("protect/project.yaml", "protect/project-2019-10.yaml"),
}
"""By plan, the file as it was adopted and as it was amended."""
ACTIVITIES = {"nl-iom-samen": (2023, 0.25), "nl-iom-protect": (2019, 0.25)}
"""Made-up sessions: partner of the generator → year and scale."""
Counts = dict[str, Any]


def statement(name: str) -> Statement:
    """What a programme's file states."""
    with (FOLDER / name).open("rb") as source:
        (record,) = adapter.read(source)
    return adapter.translate(record)


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
        build(self.settings, as_of=TODAY, echo=quiet)

    def ask(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query, values).fetchall()


def quiet(_line: str) -> None:
    """Tells nobody."""
