"""A small dbt project of its own: indicators over facts that a test writes down, and nothing else of the warehouse."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from hub.cli import build as door
from hub.indicators.definition import Definition
from hub.indicators.written import files
from hub.projections.raw_tables import create_raw_tables
from hub.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WAREHOUSE = ROOT / "warehouse"
AS_OF = date(2026, 2, 10)
FIGURE = "measure, period, breakdown, category"
Facts = dict[str, list[dict[str, Any]]]


class Figures:
    """What the models of some definitions answer over some facts."""

    def __init__(self, home: Path, definitions: Iterable[Definition], facts: Facts, as_of: date = AS_OF) -> None:
        self.settings = Settings(home / "home")
        self.project = home / "warehouse"
        self.settings.home.mkdir(parents=True)
        definitions = list(definitions)
        _project(self.project, definitions, facts)
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            create_raw_tables(connection)
            connection.execute("CREATE SCHEMA fixture")
            for name, rows in facts.items():
                _table(connection, name, rows)
        before, door.PROJECT = door.PROJECT, self.project
        try:
            door.build(self.settings, as_of=as_of, echo=lambda _: None)
        finally:
            door.PROJECT = before

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def rows(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Some columns of the figures, in order."""
        return self.ask(f"SELECT {columns} FROM indicators.indicator_values WHERE {where} ORDER BY ALL")


def columns_of(fact: str) -> dict[str, str]:
    """A fact's columns and their types, as its contract says."""
    for file in sorted((WAREHOUSE / "models").glob("**/_*__models.yml")):
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", ()):
            if model["name"] == fact:
                return {column["name"]: column["data_type"] for column in model["columns"]}
    raise LookupError(fact)


def _project(folder: Path, definitions: list[Definition], facts: Facts) -> None:
    for part in ("macros", "tests/generic", "models/fields"):
        shutil.copytree(WAREHOUSE / part, folder / part)
    shutil.copy(WAREHOUSE / "profiles.yml", folder)
    about = yaml.safe_load((WAREHOUSE / "dbt_project.yml").read_text("utf-8"))
    settings = about["models"]["victim_support_hub"]
    about["models"]["victim_support_hub"] = {"indicators": settings["indicators"], "marts": settings["marts"]}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(about), "utf-8")
    for path, text in files(definitions).items():
        if path.startswith("warehouse/"):
            file = folder / path.removeprefix("warehouse/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    for name in facts:
        file = folder / "models" / "facts" / f"{name}.sql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"select * from fixture.{name}\n", "utf-8")


def _table(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    kinds = columns_of(name)
    connection.execute(f"CREATE TABLE fixture.{name} ({', '.join(f'{c} {kind}' for c, kind in kinds.items())})")
    for row in rows:
        assert row.keys() <= kinds.keys(), f"{name} has no {', '.join(sorted(row.keys() - kinds.keys()))}"
        marks = ", ".join("?" for _ in row)
        connection.execute(f"INSERT INTO fixture.{name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
