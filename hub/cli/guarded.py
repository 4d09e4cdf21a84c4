"""What a process holds stays in it: no core dump, no debugger of the same user, and no value in what it says of itself.

A message or a traceback may quote what was read. So an error that nobody expected, in whatever thread, a library's log
record, and a finaliser that fails are told by kind and place alone: enough to find the fault.
"""

import contextlib
import ctypes
import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from hub.cli.answer import progress

NOT_DUMPABLE = (4, 0, 0, 0, 0)
"""PR_SET_DUMPABLE of prctl(2), Linux: /proc/<pid>/mem and ptrace are then the superuser's alone."""


def guard() -> None:
    """For this process, from now on. One that is spawned must say it too: only the limit on core dumps is inherited.

    HUB_TRACEBACK=1 lets errors and log records speak for themselves: on a machine without real data.
    """
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*map(ctypes.c_ulong, NOT_DUMPABLE))
    if not told_whole():
        sys.excepthook = _uncaught
        threading.excepthook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
        sys.unraisablehook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
        logging.lastResort = Valueless()
        logging.raiseExceptions = False  # a record that does not fit its words is not printed with them


def told_whole() -> bool:
    """Whether somebody asked for whole tracebacks."""
    return bool(os.environ.get("HUB_TRACEBACK"))


def kind_and_place(kind: str, traced: TracebackType | None) -> str:
    """`ValueError at columns.py:41`, of the innermost frame."""
    frames = traceback.extract_tb(traced)
    return f"{kind} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else kind


class Valueless(logging.Handler):
    """For records that no handler was set up for, which are libraries': who speaks, how loud, and the error's kind."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """One line on stderr."""
        kind, _, traced = record.exc_info or (None, None, None)
        why = f": {kind_and_place(kind.__name__, traced)}" if kind else ""
        with contextlib.suppress(OSError, ValueError):  # stderr may be closed by now
            progress(f"hub: {record.levelname} of {record.name}{why}")


def _uncaught(kind: type[BaseException], _error: Any, traced: TracebackType | None) -> None:
    if not issubclass(kind, SystemExit):
        progress(f"hub: unexpected {kind_and_place(kind.__name__, traced)}")
