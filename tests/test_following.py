"""`hub project --follow`: what is appended is soon in the warehouse, which is free in between, and it ends cleanly."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
import psycopg
import pytest

from hub.cli import following
from hub.cli.following import follow
from hub.cli.installation import installation
from hub.errors import HubError, Stop
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings
from tests.pipe import ROOT, Pipe, open_pipe, row
from tests.postgres import fresh_database

PATIENCE = 30.0


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def contacts(home: Path) -> int:
    """Rows in the DuckDB warehouse, or -1 while somebody else has the file."""
    try:
        with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
            return len(connection.execute("SELECT 1 FROM raw.contact_held").fetchall())
    except duckdb.Error:
        return -1


class Following:
    """`follow` in a thread: what it told, how it ended, and what it answered."""

    def __init__(self, settings: Settings) -> None:
        self.told: list[str] = []
        self.error: Exception | None = None
        self.answer: dict[str, Any] = {}
        self.stopping = Event()
        self._thread = Thread(target=self._run, args=(settings,))
        self._thread.start()

    def _run(self, settings: Settings) -> None:
        try:
            with installation(settings) as hub:
                self.answer = follow(hub, stopping=self.stopping.is_set, echo=self.told.append)
        except HubError as error:
            self.error = error

    def end(self) -> None:
        self.stopping.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@contextmanager
def followed(settings: Settings) -> Iterator[Following]:
    running = Following(settings)
    try:
        yield running
    finally:
        running.end()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LISTENED", 0.2)
    monkeypatch.setattr(following, "PAUSE", 0.1)


def test_two_that_follow_take_turns(pipe: Pipe) -> None:
    home = pipe.hub.settings.home
    with followed(pipe.hub.settings) as one, followed(pipe.hub.settings) as other:
        for number in range(1, 5):
            pipe.take([row(number)])
            wait_for(lambda expected=number: contacts(home) == expected)
    assert (one.error, other.error) == (None, None)
    assert one.answer["events"] + other.answer["events"] == pipe.hub.store.position()


def test_a_busy_warehouse_is_told_and_tried_again(pipe: Pipe) -> None:
    pipe.take([row(1)])
    home = pipe.hub.settings.home
    with (home / "warehouse.duckdb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with followed(pipe.hub.settings) as running:
            wait_for(lambda: len(running.told) >= 3)
            assert all("another projection, or a build, is at work" in line for line in running.told)
            assert contacts(home) == -1
            fcntl.flock(lock, fcntl.LOCK_UN)
            wait_for(lambda: contacts(home) == 1)
    assert running.error is None


def test_pauses_grow_up_to_a_limit(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LONGEST_PAUSE", 0.3)
    rests: list[float] = []
    monkeypatch.setattr(following, "rest", lambda seconds, _stopping: rests.append(seconds))
    with (pipe.hub.settings.home / "warehouse.duckdb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with followed(pipe.hub.settings):
            wait_for(lambda: len(rests) > 4)
    assert rests[:4] == [0.1, 0.2, 0.3, 0.3]


def test_a_stop_ends_it(pipe: Pipe, tmp_path: Path) -> None:
    with open_pipe(tmp_path / "another") as other:
        other.take([row(n) for n in range(5)])
        other.project()
        (other.hub.settings.warehouse_path).rename(pipe.hub.settings.warehouse_path)
    running = Following(pipe.hub.settings)
    wait_for(lambda: running.error is not None)
    running.end()
    assert isinstance(running.error, Stop)
    assert "another log" in str(running.error)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_another_process_has_the_warehouse_in_between_and_an_interrupt_ends_it(
    pipe: Pipe, number: signal.Signals
) -> None:
    home = pipe.hub.settings.home
    process = subprocess.Popen(
        [sys.executable, "-c", "from hub.cli import main; main()", "project", "--follow", "--json"],
        cwd=ROOT,
        env=os.environ | {"HUB_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for taken in (1, 2):
            pipe.take([row(taken)])
            wait_for(lambda expected=taken: contacts(home) == expected)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, err
    assert f'"position": {pipe.hub.store.position()}' in out
    assert "Traceback" not in err


def test_a_lost_connection_is_told_and_made_anew(tmp_path: Path) -> None:
    log, warehouse = fresh_database(), fresh_database()
    settings = Settings(tmp_path / "home", database=log, warehouse_url=warehouse)
    with installation(settings) as hub:
        pipe = Pipe(hub, tmp_path)

        def arrived() -> int:
            with psycopg.connect(warehouse) as connection:
                try:
                    return len(connection.execute("SELECT 1 FROM raw.contact_held").fetchall())
                except psycopg.errors.UndefinedTable:
                    return -1

        pipe.take([row(1)])
        with followed(settings) as running:
            wait_for(lambda: bool(running.told))
            wait_for(lambda: arrived() == 1)
            ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'hub %'"

            def cut() -> bool:
                """Cut off once more, until it was in the middle of something: one that rests takes another line."""
                with psycopg.connect(warehouse, autocommit=True) as connection:
                    assert connection.execute(ended).fetchone() is not None
                return any("once more in" in line for line in running.told)

            wait_for(cut)
            pipe.take([row(2)])
            wait_for(lambda: arrived() == 2)
        assert running.error is None


def test_a_stop_in_the_middle_keeps_what_was_applied(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.projections import base

    pipe.take([row(n) for n in range(20)])
    monkeypatch.setattr(base, "PAGE", 4)
    monkeypatch.setattr(base, "BATCH", 4)
    applied: list[int] = []
    apply = WarehouseFeed.apply

    def counted(view: WarehouseFeed, pages: Any) -> None:
        apply(view, pages)
        applied.append(view.place())

    monkeypatch.setattr(WarehouseFeed, "apply", counted)
    answer = follow(pipe.hub, stopping=lambda: len(applied) >= 2, echo=lambda _line: None)
    assert applied == [4, 8]
    assert answer["position"] == 8
