"""When senders get their answers: by what each of them saw of its own delivery, and not by what the hub knew before.

A person whom the vault meets for the first time costs a row, a wrapped key and a commit. Who sends one person at a time
and looks when the receipt is there would tell new ones from known ones. So the answers of a pass are given together, at
the end of a whole number of steps, and how many these are follows from the sizes of the deliveries alone: the work is
over long before. A large delivery's own work goes beyond its share; one person is then lost among thousands, and the
answer still comes at the end of a step.
"""

import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

SHARES = 4
"""Shares in a step. A delivery counts for one, whatever is in it."""
SHARE, MOST = 256 * 1024, 8
"""Sealed bytes, some two thousand rows, that count for one share more; and how many more a delivery may have."""
Answer = Callable[[], object]


class Clock(NamedTuple):
    """How time is told, and how it is let pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


MACHINES = Clock()


def steps(sizes: Collection[int], elapsed: float) -> int:
    """After how many steps deliveries of these sizes, in bytes, are answered. `elapsed` is the work's time in steps."""
    shares = sum(1 + min(size // SHARE, MOST) for size in sizes)
    return math.ceil(max(shares / SHARES, elapsed))


@contextmanager
def answering(every: float, sizes: Collection[int], clock: Clock = MACHINES) -> Iterator[Callable[[Answer], None]]:
    """Collect the answers of a pass, and give them when a step ends; also when the pass fails, which is then raised.

    `every`: a step's length in seconds; 0 gives each answer at once. Nothing is at work while answers are given.
    """
    begun, answers = clock.now(), list[Answer]()
    if not every:
        yield _at_once
        return
    try:
        yield answers.append
    finally:
        if answers:
            elapsed = clock.now() - begun
            clock.sleep(max(0.0, steps(sizes, elapsed / every) * every - elapsed))
            for answer in answers:
                answer()


def _at_once(answer: Answer) -> None:
    answer()
