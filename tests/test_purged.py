"""A log in which something was purged is not suspected; whoever hides behind a purge, or undoes one, is seen."""

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from hub.database import open_database
from hub.events.log import LogPurged
from hub.log import merkle, purges, tiles
from hub.log.anchor import anchored
from hub.log.notes import Verifier
from hub.log.purged import root_of, stated
from hub.log.sealed import split
from hub.log.store import LogStore
from hub.log.tiles import leaf_hashes
from hub.log.verify import Report, verify_log
from tests.attacks.on_events import ON_EVENTS, Attacker, Did, cut_into_stream, edit_state
from tests.attacks.on_proofs import ON_PROOFS
from tests.attacks.on_purged import ON_PURGED, empty_another, fill_purged
from tests.pipe import Pipe, open_pipe, row
from tests.postgres import ENGINES
from tests.purging import contents, purge, take_in

SEEDS = 4
ALSO = [each for each in (*ON_EVENTS, *ON_PROOFS) if each is not cut_into_stream]
"""That one needs an event with bars in it, as real ones have none."""
MANY = 300
"""Records: more than one tile of them."""


class Log(NamedTuple):
    """A log with two purges, its key, the checkpoint that was kept elsewhere, and a copy of its file."""

    url: str
    key: Verifier
    anchor: str
    kept: Path

    def verify(self, workers: int | None = 1) -> Report:
        store = LogStore(open_database(self.url, "log"))
        try:
            return verify_log(store, self.key, [self.anchor], workers=workers)
        finally:
            store.close()

    def tamper(self, rng: random.Random, attack: Callable[[Attacker], Did]) -> Did:
        database = open_database(self.url, "log")
        place = "notification_id" if database.is_postgres else "rowid"
        try:
            with database.writing("stored_events") as connection:
                size = connection.exec_driver_sql(f"SELECT MAX({place}) FROM stored_events").scalar_one()
                return attack(Attacker(connection, rng, size, place))
        finally:
            database.close()

    def held(self, *, kept: bool = False) -> list[tuple[Any, ...]]:
        """Everything that stands in the log's file, or in its copy, but whose a purged event was: it holds nothing."""
        events = (
            "SELECT rowid, topic, state, iif(state = x'', 0, originator_id) FROM stored_events ORDER BY 1",
            "SELECT originator_id, originator_version FROM stored_events ORDER BY 1, 2",
        )
        others = [f"SELECT * FROM {name} ORDER BY 1" for name in ("heads", "tiles", "checkpoints", "deliveries")]
        with contextlib.closing(sqlite3.connect(self.kept if kept else sa.make_url(self.url).database or "")) as file:
            return [row for asked in (*events, *others) for row in file.execute(asked)]

    def restore(self) -> None:
        file = Path(str(sa.make_url(self.url).database))
        file.with_name(f"{file.name}-wal").unlink(missing_ok=True)
        shutil.copyfile(self.kept, file)


def fill(pipe: Pipe) -> None:
    take_in(pipe, 2012, [row(n) for n in range(MANY)])
    take_in(pipe, 2014, [row(n) for n in range(MANY, MANY + 40)], complete=False)
    take_in(pipe, 2016, [row(n, age="66") for n in range(0, MANY, 5)])
    purge(pipe.hub, 2013)
    take_in(pipe, 2018, [row(n) for n in range(2 * MANY, 2 * MANY + 60)])
    purge(pipe.hub, 2015)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("log")
    with open_pipe(folder) as pipe:
        fill(pipe)
        settings, key = pipe.hub.settings, pipe.hub.signer.verifier
    kept = folder / "kept"
    shutil.copyfile(settings.log_path, kept)
    return Log(settings.log_url, key, anchored(settings.anchor_path) or "", kept)


@pytest.fixture
def attacked(log: Log) -> Iterator[Log]:
    yield log
    log.restore()


def test_a_purged_log_is_not_suspected(log: Log) -> None:
    report = log.verify()
    assert report.findings == []
    assert (report.purged, report.anchors) == (MANY * 4 // 5 + 40, 1)
    assert log.verify(workers=2) == report


def name(attack: Callable[[Attacker], Did]) -> str:
    return attack.__name__


@pytest.mark.parametrize("attack", [*ON_PURGED, *ALSO], ids=name)
def test_an_attack_on_a_purged_log_is_seen(attacked: Log, attack: Callable[[Attacker], Did]) -> None:
    did_something = 0
    for seed in range(SEEDS):
        with contextlib.suppress(IndexError, ValueError):  # what was purged has no bits to turn, and no bars to cut at
            did = attacked.tamper(random.Random(seed), attack)
            if attacked.held() != attacked.held(kept=True):
                did_something += 1
                assert attacked.verify().found, did.what
        attacked.restore()
    assert did_something


@pytest.mark.parametrize("attack", ON_PURGED, ids=name)
def test_what_hides_behind_a_purge_is_seen_for_what_it_is(attacked: Log, attack: Callable[[Attacker], Did]) -> None:
    did = attacked.tamper(random.Random(9), attack)
    assert set(attacked.verify().found) & did.rules, did.what


@pytest.mark.parametrize("attack", [empty_another, fill_purged, edit_state], ids=name)
def test_other_processes_find_the_same(attacked: Log, attack: Callable[[Attacker], Did]) -> None:
    attacked.tamper(random.Random(2), attack)
    assert attacked.verify(workers=2) == attacked.verify()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_statement_can_be_recounted_from_what_was_there(tmp_path: Path, engine: str) -> None:
    with open_pipe(tmp_path, engine) as pipe:
        take_in(pipe, 2012, [row(n) for n in range(MANY)])
        end = pipe.hub.store.position()
        events = pipe.hub.store.read(0, end, end)
        order = purge(pipe.hub, 2013)
        (done,) = purges.progress(pipe.hub.store)
        said = stated(contents(pipe.hub)[done.position])
        assert isinstance(said, LogPurged)
        personal = [event for event in events if split(event[4])[0].key]
        leaves = leaf_hashes(event[1:] for event in personal)
        assert said.root == merkle.root(len(leaves), nodes_of(leaves)).hex()
        assert (said.purge, said.events, said.records) == (order.purge, MANY, MANY)
        assert (said.first_position, said.last_position) == (personal[0][0], personal[-1][0])


def nodes_of(leaves: list[bytes]) -> merkle.Node:
    def node(level: int, index: int) -> bytes:
        return tiles.top(leaves[index << level : (index + 1) << level])

    return node


def test_the_root_of_runs_is_the_root_of_the_whole() -> None:
    leaves = [bytes((n,)) * 32 for n in range(200)]
    whole = merkle.root(200, nodes_of(leaves))
    assert root_of([b"".join(leaves)]) == root_of([b"".join(leaves[:3]), b"", b"".join(leaves[3:])]) == whole
