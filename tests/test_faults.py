"""kill -9 at every named step of the way in: afterwards nothing is lost, nothing is there twice, and replay == live."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.installation import installation
from hub.errors import Retry
from hub.settings import Settings
from tests.killed import STEPS
from tests.pipe import ROOT, Pipe, row, write_mapping, write_table
from tests.test_projection import everything

ROWS = 500
"""More than one chunk."""


def hub(home: Path, *arguments: str, kill: tuple[str, int] | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, killed at a step if asked."""
    start = ["-m", "tests.killed", kill[0], str(kill[1]), "--"] if kill else ["-c", "from hub.cli import main; main()"]
    environment = {**os.environ, "HUB_HOME": str(home)}
    return subprocess.run(
        [sys.executable, *start, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(tmp_path: Path, step: str, nth: int) -> None:
    home = tmp_path / "home"
    mapping = write_mapping(tmp_path)
    table = write_table(tmp_path / "table.csv", [row(n) for n in range(ROWS)])
    feeds = step.startswith("warehouse")
    command = ("project",) if feeds else ("ingest", str(table), "--adapter", str(mapping), "--complete")
    if feeds:
        assert hub(home, "ingest", str(table), "--adapter", str(mapping), "--complete").returncode == 0
    killed = hub(home, *command, kill=(step, nth))
    reached = killed.returncode == -signal.SIGKILL
    assert reached or (killed.returncode == 0 and nth > 1), killed.stderr

    again = hub(home, "ingest", str(table), "--adapter", str(mapping), "--complete", "--json")
    assert again.returncode == 0, again.stderr
    result = json.loads(again.stdout)
    assert result["received"] == ROWS == result["accepted"] + result["unchanged"] + result["quarantined"]
    with installation(Settings(home)) as opened:
        pipe = Pipe(opened, tmp_path)
        assert opened.store.position() == ROWS + 1, "every record once, and its closed period"
        assert len(pipe.current()) == ROWS
        live = everything(pipe)
        pipe.project(rebuild=True)
        assert everything(pipe) == live
        assert not list((home / "deliveries" / "inbox").glob("*.delivery"))
    status = json.loads(hub(home, "status", "--json").stdout)
    assert status["accepted"] == ROWS
    assert status["received"] == status["accepted"] + status["unchanged"] + status["quarantined"]


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


def test_a_killed_projection_and_then_a_rebuild_leave_a_warehouse_that_opens(tmp_path: Path) -> None:
    home = tmp_path / "home"
    table = write_table(tmp_path / "table.csv", [row(n) for n in range(900)])
    assert hub(home, "ingest", str(table), "--adapter", str(write_mapping(tmp_path))).returncode == 0
    killed = hub(home, "project", kill=("warehouse batch in its transaction", 4))
    assert killed.returncode == -signal.SIGKILL
    (home / "warehouse.duckdb.wal").touch()
    for command in (("project", "--rebuild"), ("project",), ("project", "--rebuild")):
        done = hub(home, *command)
        assert done.returncode == 0, done.stderr
    with installation(Settings(home)) as opened:
        assert len(Pipe(opened, tmp_path).current()) == 900
    assert [path.name for path in home.glob("warehouse*")] != []
    assert {path.stat().st_mode & 0o077 for path in home.rglob("*")} == {0}, "all of it is the owner's alone"


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
