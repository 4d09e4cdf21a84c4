"""Work in a fork of this warm process: its answer, or its death by kill -9 at a moment that somebody else chose."""

import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from hub.cli import EXIT
from hub.errors import HubError

LIMIT = 120.0
"""Seconds after which work that does not end is ended: that is a failure."""
HUNG = -1000


class Ended(NamedTuple):
    """How it ended: 0, an error's exit code, or minus the signal. `answer`: what it returned, or the error's words.

    `code` 1 is an error that nobody expected; `HUNG` one that never came.
    """

    code: int
    answer: Any
    seconds: float

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Running:
    """Work in a fork, under way. Whoever begins it has no database open, and waits for its end."""

    def __init__(self, work: Callable[[], Any]) -> None:
        reading, writing = os.pipe()
        self._start = time.perf_counter()
        self.process = os.fork()
        if self.process == 0:
            os.close(reading)
            _work(work, writing)
        os.close(writing)
        self._pipe = open(reading, "rb")  # noqa: SIM115 - closed at its end

    def ready(self, seconds: float) -> bool:
        """Wait for so long at most; whether it has ended."""
        return bool(select.select([self._pipe], [], [], seconds)[0])

    def end(self, kill_after: float | None = None, *, limit: float = LIMIT) -> Ended:
        """Wait for it; after so many seconds, kill it."""
        with self._pipe as pipe:
            ready = self.ready(limit if kill_after is None else kill_after)
            seconds = time.perf_counter() - self._start
            if not ready:
                os.kill(self.process, signal.SIGKILL)
            said = pipe.read()
        _, status = os.waitpid(self.process, 0)
        code = os.waitstatus_to_exitcode(status)
        if not ready and kill_after is None:
            code = HUNG
        return Ended(code, pickle.loads(said) if said and code >= 0 else None, seconds)


def forked(work: Callable[[], Any], *, kill_after: float | None = None) -> Ended:
    """Run it in a fork; kill it after so many seconds, if it is still there."""
    return Running(work).end(kill_after)


def _work(work: Callable[[], Any], writing: int) -> None:
    """The child's whole life. It never comes back into the parent's code: what that opened is not its own to close."""
    code, answer = 1, None
    try:
        try:
            code, answer = 0, work()
        except HubError as error:
            code, answer = next(each for kind, each in EXIT.items() if isinstance(error, kind)), str(error)
        except BaseException:  # noqa: BLE001 - whatever it is, the parent is told
            answer = traceback.format_exc()
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(answer))
        sys.stderr.flush()
    finally:
        os._exit(code)
