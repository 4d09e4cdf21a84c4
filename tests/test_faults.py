"""kill -9 at every named step of the way in: afterwards nothing is lost, nothing is there twice, and replay == live."""

import fcntl
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hub.cli.installation import installation
from hub.errors import Retry
from hub.settings import Settings
from tests.campaigns.clocks import jumping
from tests.campaigns.counted import at_random, at_steps, met, met_restarting, repeated, without_edge
from tests.campaigns.disturbing import Trouble
from tests.campaigns.killing import projectors, receivers
from tests.campaigns.troubles import cut, cut_warehouse, full_database, full_disk, full_warehouse, read_only
from tests.killed import IN_POSTGRES, PROJECTOR, RECEIVER, Step
from tests.pipe import ROOT, Pipe, row, write_mapping, write_table
from tests.postgres import ENGINES


def hub(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    words = [sys.executable, "-c", "from hub.cli import main; main()", *arguments]
    environment = {**os.environ, "HUB_HOME": str(home)}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def named(engine: str, steps: dict[str, Step]) -> dict[str, Step]:
    """The steps that an engine has."""
    return {name: step for name, step in steps.items() if engine == "postgresql" or name not in IN_POSTGRES}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("scenes", "steps"), [(receivers, RECEIVER), (projectors, PROJECTOR)])
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(scenes: Any, steps: dict[str, Step], engine: str) -> None:
    """Afterwards everything is as an undisturbed run leaves it: `make faults` does the same hundreds of times."""
    counted = at_steps(partial(scenes, controls=1), engine, named(engine, steps), seed=1, nth=(1,))
    assert counted.words == []
    assert counted.tries == len(named(engine, steps))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scenes", [receivers, projectors])
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(scenes: Any, engine: str) -> None:
    counted = at_random(partial(scenes, controls=1), engine, 2, seed=1)
    assert counted.words == []


def test_an_edge_that_is_killed_leaves_nothing_half_received() -> None:
    assert without_edge(partial(receivers, controls=1), "sqlite", seed=1).words == []


@pytest.mark.parametrize(
    ("trouble", "scenes", "engine"),
    [
        (full_disk, receivers, "sqlite"),
        (full_warehouse, projectors, "sqlite"),
        (full_database, receivers, "sqlite"),
        (read_only, receivers, "sqlite"),
        (read_only, receivers, "postgresql"),
        (read_only, projectors, "postgresql"),
        (cut, receivers, "postgresql"),
        (cut, projectors, "postgresql"),
        (cut_warehouse, projectors, "postgresql"),
    ],
    ids=lambda given: getattr(given, "__name__", None) or getattr(getattr(given, "meet", None), "__name__", None),
)
def test_trouble_is_told_in_a_line_and_the_same_command_heals_it(trouble: Trouble, scenes: Any, engine: str) -> None:
    """Nothing half is kept, and in the end everything is as without trouble."""
    assert met(partial(scenes, controls=1), engine, trouble, 1 if scenes is projectors else 3, seed=1).words == []


@pytest.mark.parametrize("scenes", [receivers, projectors])
def test_a_server_that_stops_in_the_middle_leaves_nothing_half(scenes: Any) -> None:
    assert met_restarting(partial(scenes, controls=1), 1, seed=1).words == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clock_that_goes_back_changes_nothing(engine: str) -> None:
    assert repeated(jumping, engine, 1, seed=1).words == []


def test_two_receivers_at_once_say_nothing_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    mapping = write_mapping(tmp_path)
    tables = [write_table(tmp_path / f"{n}.csv", [row(i) for i in range(n, n + 600)]) for n in (0, 300)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "from hub.cli import main; main()", "ingest", str(table), "--adapter", str(mapping)],
            cwd=ROOT,
            env={**os.environ, "HUB_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for table in (*tables, *tables)
    ]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * len(running), ended
    with installation(Settings(home)) as opened:
        assert len(Pipe(opened, tmp_path).current()) == 900


def test_two_projections_at_once_do_not_share_a_file(tmp_path: Path) -> None:
    with installation(Settings(tmp_path / "home")) as opened:
        lock = opened.settings.warehouse_path.with_name("warehouse.duckdb.lock")
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for rebuild in (False, True):
                with pytest.raises(Retry):
                    Pipe(opened, tmp_path).project(rebuild=rebuild)


def test_a_full_disk_is_a_clear_error_and_the_next_run_heals_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    mapping = write_mapping(tmp_path)
    table = write_table(tmp_path / "table.csv", [row(n) for n in range(2_000)])
    command = ("ingest", str(table), "--adapter", str(mapping), "--json")
    script = 'ulimit -f 200; exec "$0" -c \'from hub.cli import main; main()\' "$@"'
    limited = subprocess.run(
        ["bash", "-c", script, sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "HUB_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert limited.returncode in (4, -signal.SIGXFSZ), limited.stderr
    assert "Traceback" not in limited.stderr
    healed = hub(home, *command)
    assert healed.returncode == 0, healed.stderr
    with installation(Settings(home)) as opened:
        assert len(Pipe(opened, tmp_path).current()) == 2_000
