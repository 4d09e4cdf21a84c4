"""Any edit, deletion, swap or truncation of the log is seen, by rule and position; a whole log is not suspected."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest
import sqlalchemy as sa

from hub.database import open_database
from hub.events.wire import Proof, ProvenReceipt, pack
from hub.log.merkle import inclusion_proof
from hub.log.notes import signer
from hub.log.receipts import canonical, check_receipt, receipt_checkpoint
from hub.log.store import LogStore
from hub.log.tables import deliveries, tiles
from hub.log.tiles import Frontier, leaf_hashes, nodes
from hub.log.verify import NAMED, RULES, Finding, Report, verify_log
from tests.attacks.on_events import ON_SQLITE, Attacker, Did, delete_event, edit_and_rebuild, edit_state
from tests.attacks.on_proofs import delete_tile
from tests.attacks.tampering import ATTACKS, SIGNER, Log, append, whole_log
from tests.postgres import ENGINES, database_url, fresh_database, named, server

BY_SEED = 40


def name(attack: Callable[[Attacker], Did]) -> str:
    return attack.__name__


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Some hundred events on SQLite."""
    folder = tmp_path_factory.mktemp("log")
    return whole_log(f"sqlite:///{folder}/log.sqlite", folder)


@pytest.fixture
def attacked(log: Log) -> Iterator[Log]:
    """The same, put back after the test; whole before it."""
    yield log
    log.restore()


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The same on PostgreSQL, to be copied."""
    return whole_log(fresh_database(), tmp_path_factory.mktemp("log"))


def copied(log: Log) -> Log:
    """A database of its own with the same log (PostgreSQL)."""
    url = named(log.url, f"{sa.make_url(log.url).database}_copy")
    with psycopg.connect(server()[0], autocommit=True) as connection:
        copy, original = sa.make_url(url).database, sa.make_url(log.url).database
        connection.execute(f"DROP DATABASE IF EXISTS {copy}")
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {original}")
    return log._replace(url=url)


def test_a_log_that_is_whole_is_not_suspected(log: Log):
    report = log.verify()
    assert report.findings == []
    assert report.found.total() == 0
    assert (report.checkpoints, report.receipts, report.anchors) == (11, 12, 1)
    assert report.events > 300


def test_a_whole_log_on_postgresql_is_not_suspected(on_postgres: Log, log: Log):
    assert on_postgres.verify() == log.verify()


@pytest.mark.parametrize("attack", [*ATTACKS, *ON_SQLITE], ids=name)
def test_an_attack_is_seen_for_what_it_is(attacked: Log, attack: Callable[[Attacker], Did]):
    for seed in range(3):
        did = attacked.tamper(random.Random(seed), attack)
        assert set(attacked.verify().found) & did.rules, did.what
        attacked.restore()
    assert not attacked.verify().found


@pytest.mark.parametrize("attack", ATTACKS, ids=name)
def test_an_attack_on_postgresql_is_seen_for_what_it_is(on_postgres: Log, attack: Callable[[Attacker], Did]):
    copy = copied(on_postgres)
    did = copy.tamper(random.Random(1), attack)
    assert set(copy.verify().found) & did.rules, did.what


def test_attacks_drawn_by_chance_are_seen(attacked: Log):
    rng = random.Random(7)
    for _ in range(BY_SEED):
        did = attacked.tamper(rng)
        assert set(attacked.verify().found) & did.rules, did.what
        attacked.restore()


@pytest.mark.parametrize("attack", [edit_state, delete_event, edit_and_rebuild, delete_tile], ids=name)
def test_other_processes_find_the_same(attacked: Log, attack: Callable[[Attacker], Did]):
    attacked.tamper(random.Random(2), attack)
    assert attacked.verify(workers=2) == attacked.verify()


def test_a_finding_names_the_event(attacked: Log):
    for position in (1, 255, 256, 257, attacked.verify().events):
        with closing(sqlite(attacked)) as connection:
            connection.exec_driver_sql("UPDATE stored_events SET topic = 'x' WHERE rowid = ?", (position,))
            connection.commit()
        assert Finding("event-changed", position) in attacked.verify().findings
        assert attacked.verify().found["event-changed"] == 1
        attacked.restore()


def test_a_changed_tree_is_not_taken_for_a_changed_event(attacked: Log):
    with closing(sqlite(attacked)) as connection:
        connection.exec_driver_sql("UPDATE tiles SET hashes = substr(hashes, 1, 320) || zeroblob(32) || "
                                   "substr(hashes, 353) WHERE level = 0 AND tile = 0")  # fmt: skip
        connection.commit()
    assert attacked.verify().findings == [Finding("tree-changed", 11)]


@pytest.mark.parametrize("change", [lambda hashes: hashes + hashes[:32], lambda hashes: hashes[:-32]])
def test_a_tile_has_the_length_that_the_log_gives_it(attacked: Log, change: Callable[[bytes], bytes]):
    with closing(sqlite(attacked)) as connection:
        stored = connection.execute(sa.select(tiles)).all()
    for level, tile, hashes in stored:
        with closing(sqlite(attacked)) as connection:
            changed = sa.update(tiles).where(tiles.c.level == level, tiles.c.tile == tile)
            connection.execute(changed.values(hashes=change(hashes)))
            connection.commit()
        assert set(attacked.verify().found) == {"tree-changed"}
        attacked.restore()


def test_a_receipt_of_another_history_is_not_one_of_this_log(attacked: Log):
    """Signed by the log's own key, of the same size, about the same last event: something before it was another."""
    with closing(LogStore(open_database(attacked.url, "log"))) as store:
        events = store.read(0, 1_000, 1_000)
    leaves = leaf_hashes(event[1:] for event in events)
    frontier = Frontier()
    frontier.add([bytes(32), *leaves[1:]])
    kept = {(row, tile): hashes for row, tile, hashes in frontier.take()}
    path = inclusion_proof(len(leaves) - 1, len(leaves), nodes(lambda row, tile: kept[row, tile]))
    with closing(sqlite(attacked)) as connection:
        document = connection.scalars(sa.select(deliveries.c.receipt).order_by(deliveries.c.ordinal.desc())).first()
        proven = msgspec.json.decode(document, type=ProvenReceipt)
        note = receipt_checkpoint(canonical(proven.receipt), len(leaves), frontier.root(), SIGNER)
        forged = ProvenReceipt(proven.receipt, Proof(len(leaves) - 1, leaves[-1].hex(), [p.hex() for p in path], note))
        assert check_receipt(pack(forged), SIGNER.verifier)
        connection.execute(sa.update(deliveries).where(deliveries.c.receipt == document).values(receipt=pack(forged)))
        connection.commit()
    assert attacked.verify().findings == [Finding("receipt-wrong", len(leaves))]


def test_of_many_findings_some_are_named_and_all_are_counted(attacked: Log):
    with closing(sqlite(attacked)) as connection:
        connection.exec_driver_sql("UPDATE stored_events SET topic = 'x'")
        connection.commit()
    report = attacked.verify()
    assert report.found["event-changed"] == report.events
    assert sum(each.rule == "event-changed" for each in report.findings) == NAMED


def test_an_older_copy_is_seen_by_what_was_kept_elsewhere_and_by_nothing_else(tmp_path: Path):
    log = whole_log(f"sqlite:///{tmp_path}/log.sqlite", tmp_path)
    with closing(LogStore(open_database(log.url, "log"))) as store:
        newer = append(store, random.Random(3), 13, events=50)
        events = store.position()
        assert not verify_log(store, SIGNER.verifier, [newer, log.anchor]).found
    log.restore()
    older = log.verify()
    assert not older.found, "an older copy is whole in itself"
    assert log._replace(anchor=newer).verify().findings == [Finding("anchor-ahead", events)]
    with closing(LogStore(open_database(log.url, "log"))) as store:
        append(store, random.Random(4), 13, events=80)  # another history, longer than the first
    assert log._replace(anchor=newer).verify().findings == [Finding("anchor-wrong", events)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_log_that_grows_meanwhile_is_not_suspected(tmp_path: Path, engine: str):
    log = whole_log(database_url(engine, tmp_path), tmp_path)
    with (
        closing(LogStore(open_database(log.url, "log"))) as store,
        closing(LogStore(open_database(log.url, "log"))) as other,
    ):
        numbers = iter(range(20, 99))
        report = verify_log(
            store,
            SIGNER.verifier,
            [log.anchor],
            workers=1,
            echo=lambda _line: append(other, random.Random(5), next(numbers), events=300),
        )
        assert other.position() > report.events
        assert not report.found
        assert not verify_log(store, SIGNER.verifier, [log.anchor], workers=1).found


def test_an_empty_log_is_whole_unless_something_was_seen_of_it(tmp_path: Path, log: Log):
    with closing(LogStore(open_database(f"sqlite:///{tmp_path}/log.sqlite", "log"))) as store:
        assert verify_log(store, SIGNER.verifier) == Report()
        assert dict(verify_log(store, SIGNER.verifier, [log.anchor, "nothing"]).found) == {
            "anchor-ahead": 1,
            "anchor-wrong": 1,
        }


def test_a_log_without_checkpoints_proves_nothing(attacked: Log):
    with closing(sqlite(attacked)) as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints")
        connection.commit()
    report = attacked.verify()
    assert report.events == 0
    assert report.found["event-extra"] > 300
    assert report.found["anchor-wrong"] == 1, "nothing was held to it"


def test_another_key_believes_nothing(log: Log):
    other = signer(b"\x09" * 32, SIGNER.name, SIGNER.kind)
    with closing(LogStore(open_database(log.url, "log"))) as store:
        report = verify_log(store, other.verifier)
    assert report.found["checkpoint-unsigned"] == report.checkpoints == 11


def test_no_finding_says_what_was_found(attacked: Log):
    with closing(sqlite(attacked)) as connection:
        connection.exec_driver_sql("UPDATE stored_events SET topic = 'CANARY', state = 'CANARY' WHERE rowid > 4")
        connection.exec_driver_sql("UPDATE checkpoints SET note = 'CANARY'")
        connection.exec_driver_sql("UPDATE deliveries SET receipt = 'CANARY'")
        connection.commit()
    report = attacked.verify()
    assert report.found
    assert "CANARY" not in repr(report)


def test_every_rule_is_one_that_an_attack_brings_out(attacked: Log, tmp_path: Path):
    found: set[str] = {"anchor-wrong", "purge-differs"}  # see the older copy above, and test_purged
    for attack in (*ATTACKS, *ON_SQLITE):
        attacked.tamper(random.Random(1), attack)
        found |= set(attacked.verify().found)
        attacked.restore()
    assert found == set(RULES)


def sqlite(log: Log) -> sa.Connection:
    """A connection that somebody else has."""
    return sa.create_engine(log.url, poolclass=sa.NullPool).connect()
