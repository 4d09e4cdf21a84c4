"""The warehouse's raw tables on both engines: rows and place together, replay equal to live, nothing skipped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import psycopg
import pytest
import sqlalchemy as sa

from hub.cli import feed, main
from hub.cli.installation import installation
from hub.database import open_database
from hub.errors import Retry, Stop
from hub.events import NEWEST
from hub.events.old.referral_declined_v1 import ReferralDeclinedV1
from hub.log.sealed import Clear
from hub.log.store import LogStore
from hub.projections import base
from hub.projections.base import catch_up
from hub.projections.opening import Opener
from hub.projections.postgres import PostgresFeed
from hub.projections.raw_tables import raw_columns, table_name
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings
from hub.vault.subjects import subjects
from tests.pipe import ROOT, Pipe, row
from tests.postgres import ENGINES, fresh_database

Contents = dict[str, list[tuple[Any, ...]]]
DUCKDB, POSTGRES = "sqlite", "postgresql"
"""The warehouse that stands beside a log of that engine; here the log is always a file."""


class Kept:
    """A warehouse on one engine, looked at from outside of the hub."""

    def __init__(self, engine: str, home: Path, url: str | None, schema: str = "raw") -> None:
        self.engine, self.home, self.url, self.schema = engine, home, url, schema

    @contextmanager
    def view(self) -> Iterator[WarehouseFeed | PostgresFeed]:
        if self.url is None:
            with closing(WarehouseFeed(self.home / "warehouse.duckdb")) as view:
                yield view
        else:
            database = open_database(self.url, "warehouse database")
            with closing(database), closing(PostgresFeed(database, self.schema)) as view:
                yield view

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """What the last of some statements answers."""
        if self.url is None:
            with duckdb.connect(str(self.home / "warehouse.duckdb")) as connection:
                return [connection.execute(statement).fetchall() for statement in statements][-1]
        with psycopg.connect(self.url) as connection:
            cursors = [connection.execute(statement) for statement in statements]
            return cursors[-1].fetchall() if cursors[-1].description else []

    def contents(self) -> Contents:
        """Every raw table, whole, in order, and the place."""
        tables = {name: f"{self.schema}.{table_name(name)}" for name in NEWEST}
        there = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {of})" for name, of in tables.items())
        filled = {name for (name,) in self.ask(there)}
        return {
            name: self.ask(f"SELECT {', '.join(raw_columns(NEWEST[name]))} FROM {of} ORDER BY 1")
            for name, of in tables.items()
            if name in filled
        } | {"place": self.ask(f"SELECT * FROM {self.schema}.place")}


@pytest.fixture(params=ENGINES)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return Kept(request.param, tmp_path / "home", fresh_database() if request.param == POSTGRES else None)


@pytest.fixture
def fed(kept: Kept, tmp_path: Path) -> Iterator[Pipe]:
    """An installation that feeds the warehouse under test."""
    with installation(Settings(tmp_path / "home", warehouse_url=kept.url)) as hub:
        yield Pipe(hub, tmp_path)


def everything(pipe: Pipe) -> Contents:
    """The DuckDB warehouse of an installation, whole."""
    return Kept(DUCKDB, pipe.hub.settings.home, None).contents()


def history(pipe: Pipe) -> None:
    """New, corrected, retracted and restated records, projected after every delivery."""
    rows = [row(n) for n in range(20)]
    for part, complete in ((rows, True), ([row(3, age="77"), *rows[4:]], True), (rows, False), (rows[:5], True)):
        pipe.take(part, complete=complete)
        pipe.project()


def state(inside: dict[str, Any], month: str = "2025-07") -> bytes:
    """An event in clear, as the log has it."""
    header = msgspec.json.encode(Clear("a" * 32, "pt-test", "PT", month))
    return len(header).to_bytes(2, "big") + header + msgspec.json.encode({"dataset": "test", **inside})


def append(store: LogStore, topic: str, inside: dict[str, Any], month: str = "2025-07") -> None:
    """One event in clear, past all that would check it."""
    with store.writing() as connection:
        store.append(connection, [(f"{2**100 + store.position():032x}", 1, topic, state(inside, month))])


def overwrite(store: LogStore, position: int, topic: str, state: bytes) -> None:
    """Change an event where it stands, as somebody with the disk could."""
    with store.writing() as connection:
        change = "UPDATE stored_events SET topic = ?, state = ? WHERE rowid = ?"
        connection.exec_driver_sql(change, (topic, state, position))


def test_replay_equals_live(fed: Pipe, kept: Kept) -> None:
    history(fed)
    live = kept.contents()
    assert len(live["contact.held"]) > 20
    assert live["record.retracted"]
    result = fed.project(rebuild=True)
    assert result.get("database", result)["events"] == fed.hub.store.position()
    assert kept.contents() == live


def test_both_engines_hold_the_same_rows(tmp_path: Path) -> None:
    url = fresh_database()
    with installation(Settings(tmp_path / "home", warehouse_url=url)) as hub:
        pipe = Pipe(hub, tmp_path)
        pipe.take_file(ROOT / "examples" / "programmes" / "invictus" / "pt.yaml", "plan_file", complete=True)
        history(pipe)
        append(
            hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-02", "reason": "CLIENT_WITHDREW"}}
        )
        append(hub.store, "vs.plan.pillarset.v1", {"data": {"plan": "p", "basis": "ILLUSTRATIVE", "pillar": "1",
               "title": 'Ünïcode, "quoted" \\ and\nbroken\t{a,b}', "istanbul_pillar": "PREVENT"}})  # fmt: skip
        pipe.project()
    here, there = (Kept(engine, tmp_path / "home", at).contents() for engine, at in ((DUCKDB, None), (POSTGRES, url)))
    assert here == there
    assert len(here) > 10
    assert any('"quoted" \\ and\nbroken\t{a,b}' in str(row[-2]) for row in here["plan.pillarset"])


def test_an_old_version_is_read_as_the_newest_would_say_it(fed: Pipe, kept: Kept) -> None:
    append(
        fed.hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-02", "reason": "CLIENT_WITHDREW"}}
    )
    append(fed.hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-03", "reason": "NO_CAPACITY"}})
    fed.project()
    said = kept.ask("SELECT declined_by, own_reason FROM raw.referral_declined ORDER BY position")
    assert said == [("VICTIM", "NA"), ("SERVICE", "NO_CAPACITY")]


def test_every_row_has_the_month_of_its_own_delivery(fed: Pipe, kept: Kept) -> None:
    closed = {"data": {"dataset": "d", "period": "2025", "complete": True, "records": 1}}
    months = ["2025-07", "2025-08", "2025-07", "2026-01"]
    for month in months:
        append(fed.hub.store, "vs.delivery.closed.v1", closed, month)
    fed.project()
    assert kept.ask("SELECT known_month FROM raw.delivery_closed ORDER BY position") == [(month,) for month in months]


def test_batches_of_any_size_leave_the_same_rows(fed: Pipe, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(n) for n in range(8)]
    fed.take(rows, complete=True)
    fed.take([row(3, age="77"), *rows[4:]], complete=True)
    fed.project()
    live = kept.contents()
    for page, batch in ((1, 1), (3, 7)):
        monkeypatch.setattr(base, "PAGE", page)
        monkeypatch.setattr(base, "BATCH", batch)
        fed.project(rebuild=True)
        assert kept.contents() == live


def test_a_second_run_finds_nothing_to_do(fed: Pipe, kept: Kept) -> None:
    history(fed)
    result = fed.project()
    assert result["events"] == 0
    assert result.get("database", result)["events"] == 0


@pytest.mark.parametrize(
    ("topic", "inside", "what"),
    [
        ("vs.delivery.closed.v1", {"data": {"dataset": "CANARY", "period": "2025", "complete": True}}, "raw table"),
        ("vs.delivery.closed.v1", {"data": {"dataset": "d", "period": "2025", "complete": True, "records": "CANARY"}},
         "raw table"),
        ("vs.plan.gone.v1", {"data": {"plan": "CANARY"}}, "unknown event type"),
        ("vs.referral.declined.v1", {"data": ["CANARY"]}, "cannot be read"),
    ],
)  # fmt: skip
def test_a_failing_event_stops_the_view_at_its_position(
    fed: Pipe, kept: Kept, topic: str, inside: dict[str, Any], what: str
) -> None:
    fed.take([row(n) for n in range(10)])
    fed.take([row(n) for n in range(10, 13)])
    overwrite(fed.hub.store, 11, topic, state(inside))
    with kept.view() as view:
        with pytest.raises(Stop, match=f"before position 11: {topic}: .*{what}") as stopped:
            catch_up(fed.hub.store, fed.hub.vault, view)
        assert "CANARY" not in str(stopped.value)
        assert view.place() == 10
        with pytest.raises(Stop, match="before position 11"):
            catch_up(fed.hub.store, fed.hub.vault, view)
    assert len(kept.contents()["contact.held"]) == 10


def test_a_changed_event_stops_the_view_at_its_position(fed: Pipe, kept: Kept) -> None:
    fed.take([row(n) for n in range(10)])
    ((_, _, _, topic, sealed),) = fed.hub.store.read(6, 7, 1)
    overwrite(fed.hub.store, 7, topic, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with kept.view() as view, pytest.raises(Stop, match=r"before position 7: .*the log was changed"):
        catch_up(fed.hub.store, fed.hub.vault, view)
    assert kept.ask("SELECT max(position) FROM raw.contact_held") == [(6,)]


def test_a_view_of_another_log_is_refused(fed: Pipe, kept: Kept, tmp_path: Path) -> None:
    fed.take([row(n) for n in range(10)])
    fed.project()
    with (
        installation(Settings(tmp_path / "another")) as other,
        kept.view() as view,
        pytest.raises(Stop, match="another log"),
    ):
        catch_up(other.store, other.vault, view)


def test_two_projections_at_once_apply_nothing_twice(fed: Pipe, kept: Kept) -> None:
    fed.take([row(n) for n in range(10)])
    page = Opener(fed.hub.vault).page(0, fed.hub.store.read(0, 100, 100))
    with kept.view() as view:
        view.apply([page])
        with pytest.raises(Retry, match="another projection"):
            view.apply([page])
    assert len(kept.contents()["contact.held"]) == 10


def test_an_event_whose_key_is_gone_says_nothing_any_more(fed: Pipe, kept: Kept) -> None:
    fed.take([row(1, case="A"), row(2, case="B")])
    with fed.hub.vault._database.writing("subjects") as connection:
        connection.execute(sa.delete(subjects).where(subjects.c.key == 1))
    fed.project()
    assert [len(kept.ask(f"SELECT 1 FROM raw.{name}")) for name in ("contact_held", "delivery_closed")] == [1, 1]


def test_raw_tables_hold_what_was_said_and_the_defaults_of_its_version(fed: Pipe, kept: Kept) -> None:
    fed.take([row(2, sex="", age="", date="03-02-2025")])
    fed.project()
    columns = "occurred_on, occurred_precision, sex, age_band, channel, services, partner"
    ((on, *said),) = kept.ask(f"SELECT {columns} FROM raw.contact_held")
    assert (str(on), *said) == ("2025-02-03", "D", "NR", "NR", "NR", [], "pt-test")


def test_as_known_at_is_a_replay_of_so_many_events(fed: Pipe, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PAGE", 3)
    fed.take([row(n) for n in range(3)], complete=True)
    fed.take([row(1, age="77")], complete=True)
    store, vault = fed.hub.store, fed.hub.vault
    fed.project()
    whole = kept.contents()
    for position in range(store.position() + 1):
        expected = {
            name: known
            for name, rows in whole.items()
            if name != "place" and (known := [each for each in rows if each[0] <= position])
        }
        schema = f"known_at_{position}" if kept.url else "raw"
        other = Kept(kept.engine, fed.folder / f"known at {position}", kept.url, schema)
        with other.view() as view:
            assert catch_up(store, vault, view, until=position) == position
        assert other.contents() == expected | {"place": [("warehouse", position)]}
    with kept.view() as view, pytest.raises(Stop, match="cannot go back"):
        catch_up(store, vault, view, until=2)


def test_what_was_known_at_a_position_goes_into_a_file_of_its_own(pipe: Pipe, tmp_path: Path) -> None:
    history(pipe)
    live = everything(pipe)
    feed.as_known_at(pipe.hub, 20, tmp_path / "then.duckdb", echo=lambda _line: None)
    with duckdb.connect(str(tmp_path / "then.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT max(position) FROM raw.contact_held").fetchall() == [(20,)]
    assert everything(pipe) == live
    with pytest.raises(Stop, match="there already"):
        feed.as_known_at(pipe.hub, 20, tmp_path / "then.duckdb", echo=lambda _line: None)
    with pytest.raises(Stop, match="the log ends at"):
        feed.as_known_at(pipe.hub, 1_000, tmp_path / "never.duckdb", echo=lambda _line: None)


def test_a_check_sees_a_changed_cell_a_deleted_row_and_a_doubled_one(fed: Pipe, kept: Kept) -> None:
    def checked() -> list[str]:
        result = feed.check(fed.hub, echo=lambda _line: None)
        differing: list[str] = result.get("database", result)["differing"]
        return differing

    fed.take([row(n) for n in range(5)], complete=True)
    fed.project()
    assert checked() == []
    contact, aside = "raw.contact_held", "CREATE TABLE aside AS SELECT * FROM raw.contact_held"
    for damage in (
        f"UPDATE {contact} SET age_band = '0-11' WHERE position = 2",
        f"UPDATE {contact} SET services = NULL WHERE position = 2",
        f"DELETE FROM {contact} WHERE position = 2",
        f"INSERT INTO {contact} SELECT * FROM {contact} WHERE position = 2",
    ):
        kept.ask(aside, damage)
        assert checked() == ["contact_held"], damage
        kept.ask(f"DELETE FROM {contact}", f"INSERT INTO {contact} SELECT * FROM aside", "DROP TABLE aside")
    assert checked() == []
    assert nothing_beside(kept)


def test_a_check_that_finds_something_exits_with_5_and_names_the_table(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def checked() -> int | str | None:
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code

    monkeypatch.setenv("HUB_HOME", str(pipe.hub.settings.home))
    monkeypatch.setattr(sys, "argv", ["hub", "project", "--check", "--json"])
    pipe.take([row(1)])
    pipe.project()
    assert checked() == 0
    assert msgspec.json.decode(capsys.readouterr().out)["differing"] == []
    Kept(DUCKDB, pipe.hub.settings.home, None).ask("DELETE FROM raw.contact_held")
    assert checked() == 5
    said = capsys.readouterr()
    assert msgspec.json.decode(said.out)["differing"] == ["contact_held"]
    assert "replay is not live in contact_held" in said.err


DYING = """
import os, signal, sys
from hub.cli import main
import hub.cli.feed, hub.projections.base, hub.projections.postgres, hub.projections.shaping, hub.projections.warehouse

hub.projections.base.PAGE, hub.projections.base.BATCH, hub.projections.shaping.ENOUGH = 50, 100, 50
place, name, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
owner = sys.modules[place]
call = getattr(owner, name)

def dying(*args, **kwargs):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return call(*args, **kwargs)

setattr(owner, name, dying)
sys.argv = ["hub", *sys.argv[4:]]
main()
"""


def hub(
    pipe: Pipe, *arguments: str, url: str | None = None, die: tuple[str, str, int] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, killed when it makes a call for the nth time, if asked."""
    start = [DYING, *map(str, die)] if die else ["from hub.cli import main; main()"]
    environment = os.environ | {"HUB_HOME": str(pipe.hub.settings.home), "HUB_WAREHOUSE_DATABASE": url or ""}
    words = [sys.executable, "-c", *start, *arguments]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("engine", "module", "call", "nth"),
    [
        (DUCKDB, "hub.projections.warehouse", "arrow", 4),
        (POSTGRES, "hub.projections.postgres", "arrow", 4),
        (POSTGRES, "hub.projections.postgres", "swap", 1),
    ],
)
def test_a_killed_projection_or_rebuild_loses_nothing(
    tmp_path: Path, engine: str, module: str, call: str, nth: int
) -> None:
    kept = Kept(engine, tmp_path / "home", fresh_database() if engine == POSTGRES else None)
    with installation(Settings(tmp_path / "home", warehouse_url=kept.url)) as opened:
        pipe = Pipe(opened, tmp_path)
        pipe.take([row(n) for n in range(300)])
        if call == "arrow":
            killed = hub(pipe, "project", url=kept.url, die=(module, call, nth))
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            assert kept.ask("SELECT position FROM raw.place") == [(100,)]
        pipe.project()
        live = kept.contents()
        assert len(live["contact.held"]) == 300
        killed = hub(pipe, "project", "--rebuild", url=kept.url, die=(module, call, nth))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert kept.contents() == live
        assert pipe.project()["events"] == 0
        pipe.project(rebuild=True)
        assert kept.contents() == live
        checked = feed.check(opened, echo=lambda _line: None)
        assert checked.get("database", checked)["differing"] == []
    assert nothing_beside(kept)


def test_a_rebuild_that_fails_leaves_the_live_tables_and_nothing_beside_them(fed: Pipe, kept: Kept) -> None:
    fed.take([row(n) for n in range(10)])
    fed.project()
    live = kept.contents()
    overwrite(fed.hub.store, 7, "vs.contact.held.v1", state({"data": {"occurred_on": "2025-02-30"}}))
    with pytest.raises(Stop, match="before position 7"):
        fed.project(rebuild=True)
    assert kept.contents() == live
    assert nothing_beside(kept)


def test_the_first_projection_may_be_a_rebuild(fed: Pipe, kept: Kept) -> None:
    fed.take([row(n) for n in range(10)])
    fed.project(rebuild=True)
    assert len(kept.contents()["contact.held"]) == 10
    assert nothing_beside(kept)


def nothing_beside(kept: Kept) -> bool:
    if kept.url is None:
        return {path.name for path in kept.home.glob("warehouse*")} == {"warehouse.duckdb", "warehouse.duckdb.lock"}
    return kept.ask("SELECT 1 FROM information_schema.schemata WHERE schema_name LIKE 'raw\\_%'") == []


def test_raw_tables_of_another_release_are_told(fed: Pipe, kept: Kept) -> None:
    fed.take([row(1)])
    fed.project()
    kept.ask("ALTER TABLE raw.contact_held DROP COLUMN channel")
    fed.take([row(2)])
    with pytest.raises(Stop, match="another release's: hub project --rebuild"):
        fed.project()
    fed.project(rebuild=True)
    assert len(kept.ask("SELECT channel FROM raw.contact_held")) == 2
