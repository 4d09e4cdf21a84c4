"""What a build makes: what something new has reached, and all where nobody can tell what the last one was of."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from hub.cli.build import build
from hub.cli.built import AS_OF, BUILDS, Build, keep, reached, read_last, read_now
from hub.errors import Stop
from hub.events.consent import ConsentRecorded
from hub.release.publish import publish
from hub.settings import Settings
from tests.pipe import quiet
from tests.release_warehouse import people, settings_in, warehouse
from tests.warehouse_rows import Telling

TODAY = date(2025, 12, 1)
NO = ConsentRecorded(occurred_on=TODAY, purpose="REPORTING", recipient="ANY", answer="REFUSED")
LAST = Build("models", None, "2025-12-01", 9, {"case_opened": (4, 7), "plan_adopted": (1, 9)})


def node(name: str, kind: str = "model", made: str = "table", calls: tuple[str, ...] = ()) -> tuple[str, Any]:
    depends = SimpleNamespace(macros=list(calls))
    config = SimpleNamespace(materialized=made)
    return f"{kind}.{name}", SimpleNamespace(fqn=["hub", name], resource_type=kind, config=config, depends_on=depends)


class Manifest:
    """A graph as dbt's manifest has it: two raw tables, a view on each, a table on each, one that asks for the day."""

    def __init__(self) -> None:
        self.sources = {f"source.{each}": SimpleNamespace(identifier=each) for each in ("case_opened", "plan_adopted")}
        self.nodes = dict(
            [
                node("stg_case", made="view"),
                node("stg_plan", made="view"),
                node("fct_cases"),
                node("plans"),
                node("due", calls=("macro.rated",)),
                node("over_cases", made="view"),
                node("judged", made="view", calls=(AS_OF,)),
                node("ratings"),
                node("key_of_cases", "test", "test"),
                node("key_of_plans", "test", "test"),
                node("areas", "seed", "seed"),
            ]
        )
        self.macros = {
            "macro.rated": SimpleNamespace(depends_on=SimpleNamespace(macros=[AS_OF])),
            AS_OF: SimpleNamespace(depends_on=SimpleNamespace(macros=[])),
        }
        self.child_map: dict[str, list[str]] = {}
        self.parent_map: dict[str, list[str]] = {}

    def build_parent_and_child_maps(self) -> None:
        self.parent_map = {
            "model.stg_case": ["source.case_opened"],
            "model.stg_plan": ["source.plan_adopted"],
            "model.fct_cases": ["model.stg_case"],
            "model.plans": ["model.stg_plan", "seed.areas"],
            "model.due": ["model.plans"],
            "model.over_cases": ["model.fct_cases"],
            "model.judged": ["model.stg_plan"],
            "model.ratings": ["model.judged"],
            "test.key_of_cases": ["model.fct_cases"],
            "test.key_of_plans": ["model.plans"],
        }
        for child, parents in self.parent_map.items():
            for parent in parents:
                self.child_map.setdefault(parent, []).append(child)


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (LAST, []),
        (
            LAST._replace(reached={**LAST.reached, "case_opened": (5, 10)}),
            ["fct_cases", "key_of_cases", "over_cases"],
        ),
        (LAST._replace(reached={**LAST.reached, "plan_adopted": (2, 10)}), ["due", "key_of_plans", "plans", "ratings"]),
        (LAST._replace(as_of="2025-12-02"), ["due", "judged", "ratings"]),
        (LAST._replace(position=12), []),
        (LAST._replace(reached={**LAST.reached, "case_closed": (0, 0)}), []),
    ],
)
def test_a_build_makes_what_something_new_has_reached(now: Build, names: list[str]) -> None:
    assert reached(Manifest(), LAST, now) == [f"hub.{name}" for name in names]


@pytest.mark.parametrize(
    ("last", "now"),
    [
        (None, LAST),
        (LAST._replace(project="other models"), LAST),
        (LAST, LAST._replace(as_known_at=5)),
        (LAST._replace(as_known_at=5), LAST),
    ],
)
def test_a_build_of_which_nobody_can_tell_what_it_keeps_makes_all(last: Build | None, now: Build) -> None:
    assert reached(Manifest(), last, now) is None


def test_what_a_build_was_of_is_read_as_it_was_kept(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        telling = Telling(connection)
        telling.say("no", NO, subject="a person")

        def ask(statement: str) -> list[tuple[Any, ...]]:
            return connection.execute(statement).fetchall()

        assert read_last(ask) is None
        ask("CREATE SCHEMA built")
        ask(f"CREATE TABLE {BUILDS} (as_known_at BIGINT, position BIGINT, said VARCHAR)")
        assert read_last(ask) is None
        for known in (None, 1):
            build = read_now(ask, "models", known, None)
            assert build.reached["consent_recorded"] == (1, 1)
            keep(ask, build)
            assert read_last(ask) == build
            ask(f"DELETE FROM {BUILDS}")


def test_no_release_goes_out_of_what_no_build_left_whole(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    warehouse(settings, people(300))
    for statement, words in (
        ("UPDATE built.builds SET as_known_at = 1234567", "as it was known at 1,234,567"),
        ("DELETE FROM built.builds", "did not end"),
        ("DROP TABLE built.builds", "not built"),
    ):
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(statement)
        with pytest.raises(Stop, match=words):
            publish(settings, "2025Q1", today=TODAY, echo=quiet)
    assert not settings.release_path.exists()


def test_a_build_that_fails_or_makes_some_models_alone_leaves_nothing_to_rely_on(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        Telling(connection)

    def kept() -> int | None:
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            there = "SELECT estimated_size FROM duckdb_tables() WHERE schema_name = 'built'"
            return next((size for (size,) in connection.execute(there).fetchall()), None)

    build(settings, select="stg_hub__plan_adopted", echo=quiet)
    assert kept() is None
    opened = f"import duckdb; duckdb.connect({str(settings.warehouse_path)!r}).close()"
    subprocess.run([sys.executable, "-c", opened], check=True, timeout=60)  # dbt has let go of it
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("ALTER TABLE raw.plan_adopted RENAME COLUMN title TO no_title")
    with pytest.raises(Stop):
        build(settings, select="stg_hub__plan_adopted", echo=quiet)
    assert kept() == 0
