"""A second PostgreSQL server, of one test alone: it is stopped in the middle of something, and started again."""

import atexit
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
import sqlalchemy as sa

from tests import postgres

FAST, CRASH = signal.SIGINT, signal.SIGQUIT
"""How it stops: what is open is rolled back; or at once, and it recovers when it starts."""
RECOVERY = 120.0
"""Seconds that it may take to recover, on a disk that others use too."""


class Restarting:
    """A server, known by its URL. Its process and its words stand in its data folder: PostgreSQL keeps them there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._data = Path(str(sa.make_url(url).query["host"])) / "data"

    def stop(self, how: signal.Signals = FAST) -> None:
        """Stop it, and return when it is gone."""
        running = self._running()
        if running is None:
            return
        os.kill(running, how)
        end = time.monotonic() + postgres.PATIENCE
        while os.waitpid(running, os.WNOHANG)[0] != running:
            if time.monotonic() > end:
                raise TimeoutError("the server does not stop")
            time.sleep(0.01)

    def start(self) -> None:
        """Start it again on the same data, and return when it answers."""
        as_user = postgres.as_nobody() if os.geteuid() == 0 else {}
        log = self._data.parent / "log"
        with log.open("ab") as words:
            process = subprocess.Popen(
                shlex.split((self._data / "postmaster.opts").read_text()),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self._data.parent,
                preexec_fn=postgres.die_with_parent,
                **as_user,
            )
        end = time.monotonic() + RECOVERY
        while not self._answers():
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(log.read_text("utf-8", "replace")[-1000:])
            time.sleep(0.05)
        process.returncode = 0  # from here on it is waited for by its number: see `stop`

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _running(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().split("\n")[0])
        except FileNotFoundError:
            return None


@cache
def second_server() -> Restarting:
    """The server, made on first use. Skips where PostgreSQL is not in a wheel: another's server is not ours to stop."""
    started = postgres.started()
    if isinstance(started, str):
        pytest.skip(started)
    made = Restarting(started.url)
    atexit.register(made.stop, CRASH)
    return made


@contextmanager
def in_its_place() -> Iterator[Restarting]:
    """The second server is the one that all databases are made on, for as long as this lasts."""
    second = second_server()
    with patch.object(postgres, "found", lambda: postgres.Server(second.url, second.url)):
        yield second
