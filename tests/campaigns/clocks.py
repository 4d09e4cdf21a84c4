"""A clock that jumps, mostly back, while deliveries come in: the log's order is its own, and says the same."""

import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from pathlib import Path
from typing import NamedTuple

import hub.log.own
import hub.log.receive
from hub.cli.feed import as_known_at, catch_up_warehouse
from hub.cli.ingest import drain, ingest
from hub.cli.installation import Installation, installation
from hub.cli.tasks import make_task, push
from hub.log.deliveries import receipts
from hub.projections.raw_tables import Checksums
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings
from tests.campaigns.forked import Ended, forked
from tests.campaigns.look import Left, look_at_log, look_at_warehouse
from tests.killed import make_small
from tests.pipe import Row, databases, drop_databases, new_settings, quiet, row, write_mapping, write_table

RECORDS, DELIVERIES = 100, 3
FIRST, REACH = datetime(2026, 5, 4, 12, tzinfo=UTC), 10 * 365 * 24 * 60 * 60
"""No clock shows an earlier time: an edge whose clock is behind its rows refuses those of days that are to come."""


class Clock(datetime):
    """`datetime` for those who ask what time it is: `shown` has the answers, in seconds after the first one."""

    shown: Iterator[float]
    before = 0.0
    back = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        seconds = next(cls.shown)
        Clock.back += seconds < Clock.before
        Clock.before = seconds
        return (FIRST + timedelta(seconds=seconds)).astimezone(tz)


class Told(NamedTuple):
    """What an installation was told, and what it became. `back`: how often its clock went back."""

    left: Left
    wrong: list[str]
    back: int


def jumping(folder: Path, engine: str, rng: random.Random) -> list[str]:
    """Tell two installations the same, one of them with such a clock. What is wrong with it, or other."""
    seed = rng.random()
    sane, jumped = (forked(lambda jumps=jumps: _told(folder, engine, seed, jumps)) for jumps in (0, 1))
    wrong = [f"ended with {each.code}: {each.answer}" for each in (sane, jumped) if each.code]
    return wrong or _compared(sane, jumped)


def _compared(sane: Ended, jumped: Ended) -> list[str]:
    control, found = sane.answer, jumped.answer
    wrong = [f"with a sane clock: {each}" for each in control.wrong]
    if control.back or not found.back:
        wrong.append("the clocks are not what they are taken for")
    return wrong + found.wrong + [f"other {name}" for name in found.left if found.left[name] != control.left[name]]


def _told(folder: Path, engine: str, seed: float, jumps: int) -> Told:
    rng = random.Random(seed)
    given = [_rows(rng) for _ in range(DELIVERIES)]
    by_inbox = [rng.random() < 0.5 for _ in given]
    _set_clock(_jumps(seed) if jumps else map(float, count()))
    make_small()
    home = folder / str(jumps)
    home.mkdir(parents=True)
    settings = new_settings(home / "hub", engine)
    try:
        with installation(settings) as opened:
            return _all(opened, home, given, by_inbox)
    finally:
        drop_databases(databases(settings))


def _all(opened: Installation, home: Path, given: list[list[Row]], by_inbox: list[bool]) -> Told:
    wrong, known = [], list[tuple[int, Checksums]]()
    mapping = str(write_mapping(home))
    for number, rows in enumerate(given):
        table = write_table(home / f"{number}.csv", rows)
        _deliver(opened, table, mapping, inbox=by_inbox[number])
        before = opened.store.position()
        _deliver(opened, table, mapping, inbox=not by_inbox[number])
        if opened.store.position() != before:
            wrong.append(f"delivery {number} said something new when it came again")
        catch_up_warehouse(opened, rebuild=False, echo=quiet)
        known.append((before, _checksums(opened.settings)))
    order = [proven.receipt.position for _, proven in receipts(opened.store)]
    if order != sorted(order) or len(order) != 2 * len(given):
        wrong.append(f"positions do not rise: {order}")
    for position, then in known[:-1]:  # the last one is the replay
        into = home / f"known-at-{position}.duckdb"
        as_known_at(opened, position, into, echo=quiet)
        with closing(WarehouseFeed(into)) as feed:
            wrong += [] if feed.checksums() == then else [f"other than was known at {position}"]
        into.unlink()
    left, found = look_at_log(opened)
    _, unlike = look_at_warehouse(opened)
    return Told(left, wrong + found + unlike, Clock.back)


def _deliver(opened: Installation, table: Path, mapping: str, *, inbox: bool) -> None:
    if inbox:
        task = make_task(opened, table, mapping, None, complete=True, confirmed=True, periods=())
        push(task, opened.settings.deliveries_dir / "inbox", quiet)
        drain(opened, quiet)
    else:
        ingest(opened, table, mapping, complete=True, confirmed=True)


def _checksums(settings: Settings) -> Checksums:
    with closing(WarehouseFeed(settings.warehouse_path)) as feed:
        return feed.checksums()


def _rows(rng: random.Random) -> list[Row]:
    """Some of the records, in any order, some with something new to say, and one that is refused."""
    kept = rng.sample(range(RECORDS), rng.randrange(RECORDS // 2, RECORDS))
    rows = [row(number, age=str(rng.choice((20, 30, 40)))) for number in kept]
    return [*rows, row(RECORDS, age="many")]


def _set_clock(shown: Iterator[float]) -> None:
    """In this process, for all that ask for the time of the day."""
    Clock.shown = shown
    hub.log.receive.datetime = hub.log.own.datetime = Clock
    time.time = lambda: Clock.now(UTC).timestamp()


def _jumps(seed: float) -> Iterator[float]:
    """By a second, or by up to years; more often back than on."""
    rng, at = random.Random(seed), REACH
    while True:
        at = rng.choice((at + 1, max(0, at - 1), rng.uniform(0, at), rng.uniform(0, REACH)))
        yield at
