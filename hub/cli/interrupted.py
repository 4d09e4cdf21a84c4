"""Commands that go on until somebody interrupts them."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

LOOK = 0.5
"""Seconds between two looks whether somebody has."""


@contextmanager
def until_interrupted() -> Iterator[Callable[[], bool]]:
    """Whether SIGINT or SIGTERM has come. Meanwhile they end nothing by themselves: what runs, runs to its end."""
    came = Event()
    before = {number: signal.signal(number, lambda *_: came.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rest(seconds: float, stopping: Callable[[], bool]) -> None:
    """Wait so long, or until stopped."""
    end = time.monotonic() + seconds
    while not stopping() and (left := end - time.monotonic()) > 0:
        time.sleep(min(LOOK, left))
