"""The campaigns themselves: so many tries of one way of breaking the hub, counted."""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import sqlalchemy as sa

from tests import postgres
from tests.attacks import tampering
from tests.campaigns.carriers import a_field
from tests.campaigns.carrying import carried
from tests.campaigns.disturbing import Trouble, disturbed
from tests.campaigns.killing import Killing
from tests.campaigns.restarting import in_its_place
from tests.campaigns.troubles import stopped
from tests.killed import Step
from tests.pipe import drop_databases

NTH = (1, 2, 4)
EDGE_NTH = (1, 2, 3)
TOLD_EVERY = 25
SPARE = 3
"""A kill may come too late. So many more are tried than are wanted, at most."""


class Counted(NamedTuple):
    """How many tries there were, how many ended as they must, and what the others ended with."""

    tries: int
    successes: int
    words: list[str]


Scenes = Callable[[Path, str], AbstractContextManager[Killing]]
"""`receivers` or `projectors`."""


def at_random(scenes: Scenes, engine: str, wanted: int, seed: int) -> Counted:
    """Kills at moments drawn by chance, until so many have hit."""
    rng = random.Random(seed)

    def kills(killing: Killing) -> Iterator[tuple[str, list[str] | None]]:
        for number in range(SPARE * wanted):
            yield f"kill {number}", killing.at_random(rng)

    return _counted(f"{engine}: kills at random", scenes, engine, kills, wanted)


def at_steps(scenes: Scenes, engine: str, steps: Mapping[str, Step], seed: int, nth: tuple[int, ...] = NTH) -> Counted:
    """Kills at every named step. One whose first time is not reached is a failure: it does not test anything."""
    rng = random.Random(seed)

    def kills(killing: Killing) -> Iterator[tuple[str, list[str] | None]]:
        for name, step in steps.items():
            for time in nth:
                wrong = killing.at_step(step, time, rng)
                yield f"{name} ({time})", ["never reached"] if wrong is None and time == min(nth) else wrong

    return _counted(f"{engine}: kills at steps", scenes, engine, kills)


def without_edge(scenes: Scenes, engine: str, seed: int) -> Counted:
    """The edge's own process killed, before its header and in the middle of parts."""
    rng = random.Random(seed)

    def kills(killing: Killing) -> Iterator[tuple[str, list[str] | None]]:
        for nth in EDGE_NTH:
            yield f"message {nth}", killing.without_edge(nth, rng)

    return _counted(f"{engine}: the edge killed", scenes, engine, kills)


def met(scenes: Scenes, engine: str, trouble: Trouble, wanted: int, seed: int) -> Counted:
    """Commands that meet trouble, until so many have been stopped by it."""
    rng = random.Random(seed)

    def tries(killing: Killing) -> Iterator[tuple[str, list[str] | None]]:
        for number in range(SPARE * wanted):
            yield f"trouble {number}", disturbed(killing, trouble, rng)

    return _counted(f"{engine}: trouble", scenes, engine, tries, wanted)


def met_restarting(scenes: Scenes, wanted: int, seed: int) -> Counted:
    """The same with a server that stops in the middle, and starts again: one that nobody else uses."""
    with in_its_place() as second:
        return met(scenes, "postgresql", stopped(second), wanted, seed)


def repeated(once: Callable[[Path, str, random.Random], list[str]], engine: str, wanted: int, seed: int) -> Counted:
    """So many times, each with an installation of its own."""
    rng, words = random.Random(seed), list[str]()
    name = f"{engine}: {once.__name__}"
    with _folder() as folder:
        for number in range(wanted):
            wrong = once(Path(folder) / str(number), engine, rng)
            words += [f"{name} {number}: {'; '.join(wrong)}"] if wrong else []
            _tell(name, number + 1, wanted, words)
    return Counted(wanted, wanted - len(words), words)


def by_broker(count: int, engine: str, wanted: int, seed: int) -> Counted:
    """Deliveries by so many brokers, of which everything is killed, cut or filled: runs one after the other."""
    rng, words = random.Random(seed), list[str]()
    with _folder() as folder, a_field(count) as field:
        if count == 1 and field.disk is None:
            print("no disk may be mounted here: the broker's is not filled", file=sys.stderr, flush=True)
        for number in range(wanted):
            wrong = carried(field, Path(folder) / str(number), engine, rng)
            words += [f"run {number}: {'; '.join(wrong)}"] if wrong else []
            _tell(f"{engine}: by {count} brokers", number + 1, wanted, words)
    return Counted(wanted, wanted - len(words), words)


def tampered(count: int, seed: int) -> Counted:
    """Attacks on a log in SQLite, each on a whole one, with the control that the log put back is not suspected."""
    missed = tampering.campaign(count, seed)
    return Counted(count, count - missed, [])


def tampered_on_postgres(count: int, seed: int) -> Counted:
    """The same on PostgreSQL, each on a copy; every copy is verified before the attack."""
    rng, words = random.Random(seed), []
    with tempfile.TemporaryDirectory() as folder:
        log = tampering.whole_log(postgres.fresh_database(), Path(folder), seed=seed)
        whole = str(sa.make_url(log.url).database)
        for number in range(count):
            copy = log._replace(url=postgres.named(log.url, f"{whole}_{number}"))
            with psycopg.connect(postgres.server().url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {whole}_{number} TEMPLATE {whole}")
            if copy.verify().found:
                words.append(f"the copy for attack {number} was suspected")
            did = copy.tamper(rng)
            found = set(copy.verify().found)
            if not found & did.rules:
                words.append(f"attack {number}: {did.what}: found {sorted(found)}")
            drop_databases([f"{whole}_{number}"])
            _tell("postgresql: tampering", number + 1, count, words)
        drop_databases([whole])
    return Counted(count, count - len(words), words)


def _counted(
    name: str,
    scenes: Scenes,
    engine: str,
    kills: Callable[[Killing], Iterator[tuple[str, list[str] | None]]],
    wanted: int | None = None,
) -> Counted:
    """Go through kills; those that hit are counted, up to the number that is wanted."""
    tries, words = 0, list[str]()
    with _folder() as folder, scenes(Path(folder) / engine, engine) as killing:
        for what, wrong in kills(killing):
            if wrong is None:
                continue
            tries += 1
            words += [f"{what}: {'; '.join(wrong)}"] if wrong else []
            _tell(name, tries, wanted, words)
            if tries == wanted:
                break
    if wanted and tries < wanted:
        words.append(f"only {tries} of {wanted} hit")
    return Counted(tries, tries - len(words), words)


@contextmanager
def _folder() -> Iterator[str]:
    """In memory, where there is room, and open to pass through: not every command runs as ourselves."""
    before = os.umask(0o022)  # a command that ran in this process has left a stricter one
    try:
        with tempfile.TemporaryDirectory(dir=postgres.roomy()) as folder:
            Path(folder).chmod(0o711)
            yield folder
    finally:
        os.umask(before)


def _tell(name: str, done: int, wanted: int | None, words: list[str]) -> None:
    if done % TOLD_EVERY == 0 or done == wanted:
        of = f" of {wanted:,}" if wanted else ""
        print(f"{name}: {done:,}{of}, {len(words)} failed", file=sys.stderr, flush=True)
