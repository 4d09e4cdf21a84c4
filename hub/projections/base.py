"""How a view follows the log: pages of events in, rows and place out in one transaction, and no event skipped."""

import gc
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain, islice
from time import monotonic
from typing import Protocol, TypeVar

from hub.errors import Stop
from hub.log.store import LogStore
from hub.projections.opening import Opener, Page, Unfit
from hub.vault.subjects import Vault

BATCH = 200_000
"""Events a transaction: DuckDB writes a table in groups of 122,880 rows, and a part of one is written twice."""
PAGE, AHEAD = 10_000, 4
"""Events that are read and opened at once; and so many pages in advance, because a database writes in bursts."""
TOLD_EVERY = 2.0
"""Seconds between two lines of progress."""
SWITCH = 0.0005
"""Seconds after which a thread gives way to another one."""
Item = TypeVar("Item")
Echo = Callable[[str], None]


class View(Protocol):
    """A view of the log: it knows its place, and moves rows and place together."""

    @property
    def name(self) -> str:
        """What the view is called in messages."""
        ...

    def place(self) -> int:
        """The position of the last event that is in the view, 0 at the beginning."""
        ...

    def apply(self, pages: Iterable[Page]) -> None:
        """Write all pages' rows and the last one's place, or nothing of it: one transaction.

        Raises Unfit for an event that the view cannot take, and Retry where its place is not where the pages begin.
        """
        ...


def catch_up(
    store: LogStore,
    vault: Vault,
    view: View,
    *,
    until: int | None = None,
    only: frozenset[str] | None = None,
    stopping: Callable[[], bool] = lambda: False,
    echo: Echo = lambda _line: None,
) -> int:
    """Bring a view up to the log's end, or up to a position; how many events that were.

    A failing event stops it: what stands before is in the view, and the message names its position and type.
    `only`: the stored types that the view takes; others are not opened. `stopping` is asked after every transaction.
    Raises Stop for a view of another log.
    """
    end, begun = store.position(), view.place()
    if begun > end:
        raise Stop(f"the {view.name} is at {begun}, the log ends at {end}: this is another log's view")
    if until is not None and begun > until:
        raise Stop(f"the {view.name} is at {begun}, and cannot go back to {until}: make a new one")
    end = end if until is None else min(end, until)
    with _in_bulk():
        try:
            _follow(store, Opener(vault, only), view, end, stopping, _told(view.name, begun, end, echo))
        except Unfit:
            _stop_at_the_event(store, Opener(vault, only), view, end)
    return view.place() - begun


def _follow(
    store: LogStore, opener: Opener, view: View, end: int, stopping: Callable[[], bool], tell: Callable[[Page], None]
) -> None:
    pages = max(1, BATCH // PAGE)
    with closing(_ahead(_pages(store, opener, view.place(), end))) as coming:
        for first in coming:
            view.apply(_each(tell, chain((first,), islice(coming, pages - 1))))
            if stopping():
                return


def _pages(store: LogStore, opener: Opener, place: int, end: int) -> Iterator[Page]:
    while rows := store.read(place, end, min(PAGE, BATCH)):
        yield opener.page(place, rows)
        place = rows[-1][0]


def _stop_at_the_event(store: LogStore, opener: Opener, view: View, end: int) -> None:
    """Halve what is left until one event alone does not fit. All before it is applied."""
    place = view.place()
    while rows := store.read(place, end, min(PAGE, BATCH)):
        while rows:
            half = rows[: (len(rows) + 1) // 2]
            try:
                view.apply((opener.page(place, half),))
            except Unfit as error:
                position, _, _, topic, _ = half[0]
                if len(half) == 1:
                    raise Stop(f"the {view.name} stops before position {position}: {topic}: {error}") from None
                rows = half
            else:
                place = half[-1][0]
                rows = rows[len(half) :]


def _ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The same items. A thread makes the next ones while one is used: databases work without Python's lock."""
    worker = ThreadPoolExecutor(1, "ahead")
    try:
        coming = deque(worker.submit(next, items, None) for _ in range(AHEAD))
        while (item := coming.popleft().result()) is not None:
            coming.append(worker.submit(next, items, None))
            yield item
    finally:
        worker.shutdown(cancel_futures=True)


def _each(tell: Callable[[Page], None], pages: Iterable[Page]) -> Iterator[Page]:
    for page in pages:
        yield page
        tell(page)


def _told(name: str, begun: int, end: int, echo: Echo) -> Callable[[Page], None]:
    """Progress: events of all, and how many a second."""
    start = last = monotonic()

    def tell(page: Page) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= TOLD_EVERY or page.place == end:
            last = now
            done = page.place - begun
            rate = f", {done / (now - start):,.0f} a second" if now - start > TOLD_EVERY else ""
            echo(f"{name}: {done:,} of {end - begun:,} events{rate}")

    return tell


@contextmanager
def _in_bulk() -> Iterator[None]:
    """Pages are millions of objects and no cycles, so the cyclic collector rests.

    And the thread that waits for Python's lock, to give its database the next work, gets it sooner.
    """
    collecting, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collecting:
            gc.enable()
