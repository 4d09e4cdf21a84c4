"""Seconds by section, and a race: subjects and controls take turns in one process, so that noise meets both alike."""

import gc
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from cProfile import Profile
from functools import partial
from pkgutil import resolve_name
from threading import get_ident
from time import perf_counter
from typing import Any, NamedTuple

Echo = Callable[[str], None]
Now = Callable[[], float]


class Timed(NamedTuple):
    """A section, measured: what went in, what of it came out right, and the seconds that took."""

    tries: int
    successes: int
    seconds: float

    @property
    def rate(self) -> float:
        """Good ones a second."""
        return self.successes / max(self.seconds, 1e-9)


class Clock:
    """Adds up the seconds of sections. One within another counts for itself alone; other threads do not count."""

    def __init__(self, now: Now = perf_counter, *, profile: str = "") -> None:
        self.profiler = Profile()
        self._now = now
        self._profile, self._thread = profile, get_ident()
        self._open: list[str] = []
        self._since = 0.0
        self._seconds: dict[str, float] = defaultdict(float)
        self._counts: dict[str, tuple[int, int]] = {}

    @contextmanager
    def __call__(self, section: str) -> Iterator[None]:
        """The time of a block."""
        if get_ident() != self._thread:
            yield
            return
        self._turn([*self._open, section])
        try:
            yield
        finally:
            self._turn(self._open[:-1])

    def count(self, section: str, tries: int, successes: int | None = None) -> None:
        """How many went through a section, and how many came out right (None: all of them)."""
        self._counts[section] = (tries, tries if successes is None else successes)

    def timed(self) -> dict[str, Timed]:
        """The counted sections."""
        return {name: Timed(*counts, self._seconds[name]) for name, counts in self._counts.items()}

    def _turn(self, sections: list[str]) -> None:
        now = self._now()
        if self._open:
            self._seconds[self._open[-1]] += now - self._since
        if self._open[-1:] == [self._profile]:
            self.profiler.disable()
        self._open = sections
        if self._open[-1:] == [self._profile]:
            self.profiler.enable()
        self._since = self._now()


Trial = Callable[[Clock], None]
"""Does something once, and says to the clock which parts of it count."""


def alone(section: str, work: Callable[[], int], tries: int | None = None) -> Trial:
    """A trial of one section. `work` answers how many came out right."""

    def trial(clock: Clock) -> None:
        with clock(section):
            good = work()
        clock.count(section, good if tries is None else tries, good)

    return trial


def race(trials: Mapping[str, Trial], rounds: int, echo: Echo, now: Now = perf_counter) -> dict[str, Timed]:
    """Every trial once a round; of each section the round with the median of seconds."""
    found: dict[str, list[Timed]] = defaultdict(list)
    for number in range(1, rounds + 1):
        for name, trial in trials.items():
            begun = perf_counter()
            for section, timed in run(trial, Clock(now)).items():
                found[section].append(timed)
            echo(f"round {number} of {rounds}: {name}, {perf_counter() - begun:.1f} s")
    return {section: sorted(each, key=lambda one: one.seconds)[len(each) // 2] for section, each in found.items()}


def run(trial: Trial, clock: Clock) -> dict[str, Timed]:
    """One trial, without the cyclic collector: it rests in all bulk work of the hub too."""
    gc.collect()
    gc.disable()
    try:
        trial(clock)
    finally:
        gc.enable()
    return clock.timed()


@contextmanager
def watching(clock: Clock, sections: Mapping[str, str]) -> Iterator[None]:
    """Time the calls of functions, given as `module:name`, each for its section, for as long as this lasts.

    A name that is not there any more raises AttributeError: the benchmark is then to be brought up to the code.
    """
    with ExitStack() as put_back:
        for name, section in sections.items():
            put_back.enter_context(replaced(name, partial(_watched, clock, section)))
        yield


@contextmanager
def replaced(name: str, other: Callable[[Any], Any]) -> Iterator[None]:
    """Something else in the place of `module:name`, made of what is there, for as long as this lasts."""
    module, _, path = name.partition(":")
    parent, _, attribute = path.rpartition(".")
    owner = resolve_name(f"{module}:{parent}" if parent else module)
    before = getattr(owner, attribute)
    setattr(owner, attribute, other(before))
    try:
        yield
    finally:
        setattr(owner, attribute, before)


def _watched(clock: Clock, section: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        with clock(section):
            result = work(*args, **kwargs)
        return _each(clock, section, result) if inspect.isgenerator(result) else result

    return watched


def _each(clock: Clock, section: str, items: Iterator[Any]) -> Iterator[Any]:
    nothing = object()
    while True:
        with clock(section):
            item = next(items, nothing)
        if item is nothing:
            return
        yield item
