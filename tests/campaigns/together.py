"""Receivers, projectors and readers at once, each a process: the log is as if they had come one after another."""

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import drain, ingest
from hub.cli.installation import Installation, installation
from hub.cli.tasks import make_task, push
from hub.errors import Retry
from hub.log.deliveries import receipts
from hub.settings import Settings
from tests.campaigns.forked import Ended, Running, forked
from tests.campaigns.look import look_at_log, look_at_warehouse
from tests.killed import make_small
from tests.opened import histories
from tests.pipe import Row, databases, drop_databases, new_name, new_settings, quiet, row, write_mapping, write_table

RECEIVERS, PROJECTORS, READERS, FILES = 4, 2, 2, 2
RECORDS, CONTESTED = 120, 40
"""Records of a file. Those up to `CONTESTED` every receiver states in its own way; of the others all say the same."""
DAMAGED = 3
TOGETHER = 0.2
"""Seconds after which all begin, at the same moment."""
PAGE, PAUSE = 50, 0.001
OPENED_AGAIN = 10
"""Looks after which a reader comes with a new connection."""


class Place(NamedTuple):
    """Where it happens. `over` is there as soon as nobody writes any more."""

    folder: Path
    settings: Settings

    @property
    def over(self) -> Path:
        return self.folder / "over"

    @property
    def mapping(self) -> str:
        return str(self.folder / "mapping.yaml")

    def table(self, receiver: int, file: int) -> Path:
        return self.folder / f"{receiver}-{file}.csv"


class Read(NamedTuple):
    """What one reader saw: how many events, a digest over all of them in their order, and what it must not see."""

    events: int
    digest: str
    wrong: list[str]


@contextmanager
def a_place(folder: Path, engine: str, rng: random.Random) -> Iterator[Place]:
    """An empty installation, or one with deliveries in its inbox, that all receivers find there."""
    folder.mkdir(parents=True)
    settings = new_settings(folder / "home", engine)
    if engine == "postgresql":
        settings = replace(settings, warehouse_url=new_name())
    place = Place(folder, settings)
    write_mapping(folder)
    for receiver in range(RECEIVERS):
        for file in range(FILES):
            write_table(place.table(receiver, file), rows_of(receiver, file, rng))
    try:
        yield place
    finally:
        drop_databases(databases(settings))


def rows_of(receiver: int, file: int, rng: random.Random) -> list[Row]:
    """Records that others state too; each file in an order of its own, with rows that are refused."""
    start = rng.randrange(CONTESTED, CONTESTED + RECORDS)
    rows = [row(n) for n in range(start, start + RECORDS - CONTESTED)]
    rows += [row(n, age=str(20 + 10 * file + receiver)) for n in range(CONTESTED)]
    rng.shuffle(rows)
    return [*rows, *(row(n, age="many") for n in range(1_000, 1_000 + DAMAGED))]


def together(folder: Path, engine: str, rng: random.Random) -> list[str]:
    """One time, and all that is wrong with it."""
    with a_place(folder, engine, rng) as place:
        waiting = rng.choice((0, RECEIVERS))
        if waiting and (made := forked(lambda: _fill(place, waiting))).code:
            return [f"the inbox was not filled: {made.answer}"]
        start = time.monotonic() + TOGETHER
        receiving = [_begin(place, start, _receive, number) for number in range(RECEIVERS)]
        beside = [_begin(place, start, _project, number) for number in range(PROJECTORS)]
        beside += [_begin(place, start, _read, number) for number in range(READERS)]
        received = [running.end() for running in receiving]
        place.over.touch()
        projected, read = [running.end() for running in beside[:PROJECTORS]], beside[PROJECTORS:]
        seen = [running.end() for running in read]
        looked = forked(lambda: _look(place))
        failed = [f"ended with {e.code}: {e.answer}" for e in (*received, *projected, *seen, looked) if e.code]
        return failed or _wrong(received, seen, looked, waiting)


def _wrong(received: list[Ended], seen: list[Ended], looked: Ended, waiting: int) -> list[str]:
    end, digest, deliveries, wrong = looked.answer
    answers = [answer for ended in received for answer in ended.answer]
    for answer in answers:
        if answer["received"] != RECORDS + DAMAGED or answer["quarantined"] != DAMAGED:
            wrong.append(f"rows were lost or came twice: {answer['received']}, {answer['quarantined']} refused")
        if answer["received"] != answer["accepted"] + answer["unchanged"] + answer["quarantined"]:
            wrong.append("the counts of a delivery do not add up")
    if len(answers) != RECEIVERS * FILES or deliveries != len(answers) + waiting:
        wrong.append(f"{deliveries} deliveries in the log, of {len(answers)} and {waiting}")
    for reader in (ended.answer for ended in seen):
        wrong += reader.wrong
        if (reader.events, reader.digest) != (end, digest):
            wrong.append(f"a reader saw {reader.events} events, or others, of {end}")
    return wrong


def _begin(place: Place, start: float, work: Callable[[Place, int], Any], number: int) -> Running:
    def begun() -> Any:
        make_small()
        time.sleep(max(0.0, start - time.monotonic()))
        return work(place, number)

    return Running(begun)


def _fill(place: Place, waiting: int) -> None:
    make_small()
    with installation(place.settings) as hub:
        for receiver in range(waiting):
            task = make_task(
                hub, place.table(receiver, 0), place.mapping, None, complete=False, confirmed=False, periods=()
            )
            push(task, hub.settings.deliveries_dir / "inbox", quiet)


def _receive(place: Place, number: int) -> list[dict[str, Any]]:
    """One receiver: what is in the inbox, which others empty too, and its own files. No error is allowed."""
    with installation(place.settings) as hub:
        drain(hub, quiet)
        return [ingest(hub, place.table(number, file), place.mapping, complete=False) for file in range(FILES)]


def _project(place: Place, number: int) -> int:
    """One projector, over and over; while another one is at work it is refused, and comes again."""
    done, over = 0, False
    with installation(place.settings) as hub:
        while True:
            over = over or place.over.exists()
            try:
                rebuild = number == 1 and not over
                done += catch_up_warehouse(hub, rebuild=rebuild, echo=quiet)["events"]
            except Retry:
                time.sleep(PAUSE)
            else:
                if over:
                    return done


def _read(place: Place, _number: int) -> Read:
    """One reader that follows the log: each look begins right after the one before, and reaches its end."""
    at, digest, over = 0, hashlib.sha256(), False
    while not over:
        with installation(place.settings) as hub:
            for _ in range(OPENED_AGAIN):
                over = place.over.exists()
                end = hub.store.position()
                while at < end:
                    page = hub.store.read(at, end, PAGE)
                    if [each[0] for each in page] != list(range(at + 1, min(at + PAGE, end) + 1)):
                        return Read(at, "", [f"a gap after position {at}: a reader that goes on misses it"])
                    at = _taken(digest, page)
                time.sleep(PAUSE)
    return Read(at, digest.hexdigest(), [])


def _taken(digest: Any, page: list[tuple[Any, ...]]) -> int:
    for position, stream, version, topic, state in page:
        digest.update(repr((position, stream, version, topic, bytes(state))).encode())
    return page[-1][0]


def _look(place: Place) -> tuple[int, str, int, list[str]]:
    """The log's end, its digest, its deliveries, and what is wrong when all are gone."""
    with installation(place.settings) as hub:
        left, wrong = look_at_log(hub)
        _, unlike = look_at_warehouse(hub)
        digest, end = hashlib.sha256(), hub.store.position()
        _taken(digest, hub.store.read(0, end, end))
        return end, digest.hexdigest(), len(receipts(hub.store)), wrong + unlike + _said(hub, left["events of rows"])


def _said(hub: Installation, counted: int) -> list[str]:
    """What is wrong with what the log says: every record once, each change once, and what all say is said once."""
    records = [history for person in histories(hub) for history in person]
    contacts = [history for history in records if any(event[1] == "contact.held" for event in history)]
    wrong = []
    if sum(map(len, contacts)) != counted:
        wrong.append(f"{sum(map(len, contacts))} events of rows, receipts count {counted}")
    for history in records:
        if [event[0] for event in history] != list(range(1, len(history) + 1)):
            wrong.append("a stream's versions have a hole")
        if any(one[-1] == other[-1] for one, other in pairwise(history)):
            wrong.append("the same was said twice in a row")
    lengths = Counter(len(history) > 1 for history in contacts)
    if lengths[True] > CONTESTED:
        wrong.append("a record that all state alike was changed")
    return wrong
