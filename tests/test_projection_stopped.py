"""A projection or rebuild that fails, is refused or is killed: rows and place stay together, nothing is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.cli import feed
from hub.cli.installation import installation
from hub.errors import Retry, Stop
from hub.projections.base import catch_up
from hub.projections.opening import Opener
from hub.settings import Settings
from tests import warehouses
from tests.pipe import ROOT, Pipe, row
from tests.postgres import fresh_database
from tests.warehouses import DUCKDB, POSTGRES, Kept, nothing_beside, overwrite, state

kept, fed = warehouses.kept, warehouses.fed


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


def test_raw_tables_of_another_release_are_told(fed: Pipe, kept: Kept) -> None:
    fed.take([row(1)])
    fed.project()
    kept.ask("ALTER TABLE raw.contact_held DROP COLUMN channel")
    fed.take([row(2)])
    with pytest.raises(Stop, match="another release's: hub project --rebuild"):
        fed.project()
    fed.project(rebuild=True)
    assert len(kept.ask("SELECT channel FROM raw.contact_held")) == 2
