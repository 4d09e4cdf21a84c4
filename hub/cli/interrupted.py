"""Commands that go on until somebody interrupts them."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event


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
