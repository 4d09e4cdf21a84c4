"""The log's store on both engines: positions without holes, in the order of commits, and readers that miss nothing."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.sqlite import SQLiteApplicationRecorder

from hub.database import open_database
from hub.errors import Retry, Stop
from hub.events.wire import Header, Proof, ProvenReceipt, Receipt, Refusal
from hub.log import deliveries, quarantine
from hub.log.store import LogStore, Stored
from tests.postgres import ENGINES, database_url, fresh_database


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[LogStore]:
    with closing(LogStore(open_database(url, "log"))) as opened:
        yield opened


def events(first: int, number: int) -> list[Stored]:
    """One event each of streams first, first + 1, ..."""
    return [(f"{stream:032x}", 1, "vs.test.done.v1", b"%d" % stream) for stream in range(first, first + number)]


def append(store: LogStore, made: Sequence[Stored]) -> int:
    with store.writing() as connection:
        return store.append(connection, made)


def library(made: Sequence[Stored]) -> list[StoredEvent]:
    return [StoredEvent(*event) for event in made]


def whole(store: LogStore) -> list[int]:
    """All positions, read in small pages."""
    found: list[int] = []
    while rows := store.read(found[-1] if found else 0, 10**9, 7):
        found += [row[0] for row in rows]
    return found


def test_events_are_read_as_they_were_appended(store: LogStore):
    made = [("ab" * 16, 1, "vs.é.v1", b""), ("ab" * 16, 2, "vs.x.v2", bytes(range(256))), ("cd" * 16, 1, "t", b"\0")]
    assert store.position() == 0
    assert store.read(0, 10, 10) == []
    assert append(store, made) == store.position() == 3
    assert store.read(0, 10, 10) == [(1, *made[0]), (2, *made[1]), (3, *made[2])]
    assert store.read(1, 2, 10) == [(2, *made[1])]
    assert store.read(0, 10, 2) == [(1, *made[0]), (2, *made[1])]
    assert [type(value) for value in store.read(2, 3, 1)[0]] == [int, str, int, str, bytes]
    assert append(store, []) == 3


def test_a_stream_that_has_moved_on_stops_and_nothing_is_kept(store: LogStore):
    append(store, events(1, 3))
    with pytest.raises(Stop):
        append(store, [*events(7, 2), events(2, 1)[0]])
    assert whole(store) == [1, 2, 3]


def test_a_transaction_sees_its_own_end_and_the_log_sees_it_with_the_commit(store: LogStore):
    with store.writing() as connection:
        assert store.append(connection, events(1, 3)) == store.end(connection) == 3
        assert store.append(connection, events(4, 2)) == store.end(connection) == 5
        assert store.position() == 0
    assert store.position() == 5


def test_positions_have_no_holes_whatever_was_taken_back(store: LogStore):
    stock = {True: PostgresApplicationRecorder, False: SQLiteApplicationRecorder}[store.database.is_postgres]
    theirs = stock(store.recorder.datastore)

    def fails() -> None:
        with store.writing() as connection:
            store.append(connection, events(1_000, 10))
            raise KeyError

    assert append(store, events(1, 3)) == 3
    with pytest.raises(KeyError):
        fails()
    assert theirs.insert_events(library(events(4, 2))) == [4, 5]
    with pytest.raises(Stop):
        append(store, events(3, 3))
    assert store.recorder.insert_events(library(events(6, 2))) == [6, 7]
    assert append(store, events(8, 3)) == 10
    with pytest.raises(IntegrityError):
        theirs.insert_events(library(events(11, 1) + events(1, 1)))
    assert append(store, events(11, 3)) == 13
    assert whole(store) == list(range(1, 14))
    assert [row[4] for row in store.read(0, 13, 13)] == [b"%d" % stream for stream in range(1, 14)]


def test_a_page_goes_over_a_hole_that_the_library_left(store: LogStore):
    append(store, events(1, 20))
    with store.writing() as connection:
        place = "notification_id" if store.database.is_postgres else "rowid"
        connection.exec_driver_sql(f"DELETE FROM stored_events WHERE {place} BETWEEN 5 AND 16")
    assert [row[0] for row in store.read(3, 20, 4)] == [4, 17, 18, 19]


def test_two_writers_and_a_reader_that_misses_nothing(url: str):
    """The one who reads to the end has read all that will ever be before it: no commit comes late."""
    writing = 2
    rounds = 25

    def write(number: int) -> None:
        with closing(LogStore(open_database(url, "log"))) as store:
            for turn in range(rounds):
                with store.writing() as connection:
                    for part in range(3):
                        store.append(connection, events((number * rounds + turn) * 30 + part * 10, 10))
                        time.sleep(0.001)

    def follow() -> list[int]:
        found: list[int] = []
        with closing(LogStore(open_database(url, "log"))) as store:
            while len(found) < writing * rounds * 30 and store.wait(len(found), 20):
                while rows := store.read(found[-1] if found else 0, 10**9, 16):
                    found += [row[0] for row in rows]
        return found

    LogStore(open_database(url, "log")).close()
    with ThreadPoolExecutor(writing + 1) as threads:
        reader = threads.submit(follow)
        for each in [threads.submit(write, number) for number in range(writing)]:
            each.result()
        assert reader.result() == list(range(1, writing * rounds * 30 + 1))


def test_waiting_ends_with_the_next_event_or_with_the_time(store: LogStore, url: str):
    def later() -> None:
        time.sleep(0.2)
        with closing(LogStore(open_database(url, "log"))) as other:
            append(other, events(1, 1))

    began = time.monotonic()
    assert not store.wait(0, 0.1)
    assert 0.1 <= time.monotonic() - began < 5
    writer = threading.Thread(target=later)
    writer.start()
    assert store.wait(0, 30)
    assert time.monotonic() - began < 20
    writer.join()
    assert store.wait(0, 0)
    assert not store.wait(1, 0)


def test_one_who_waits_on_a_server_that_goes_away_may_come_again():
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE query LIKE 'SELECT coalesce%%' AND state = 'idle' AND datname = current_database()"
    )
    over = threading.Event()

    def cut() -> None:
        with closing(open_database(url, "log")) as database:
            while not over.wait(0.1):
                with database.reading() as connection:
                    connection.exec_driver_sql(waiting)

    url = fresh_database()
    with closing(LogStore(open_database(url, "log"))) as store:
        killer = threading.Thread(target=cut)
        killer.start()
        with pytest.raises(Retry):
            store.wait(0, 30)
        over.set()
        killer.join()
        assert append(store, events(1, 1)) == 1
        assert store.wait(0, 30)


def test_those_who_wait_hear_of_the_librarys_inserts_too(store: LogStore):
    writer = threading.Timer(0.2, lambda: store.recorder.insert_events(library(events(1, 1))))
    writer.start()
    assert store.wait(0, 30)
    writer.join()


def test_a_log_that_is_there_is_opened_beside_a_writer_without_waiting(url: str):
    with closing(LogStore(open_database(url, "log"))) as store, store.writing() as connection:
        store.append(connection, events(1, 1))
        with closing(LogStore(open_database(url, "log"))) as other:
            assert other.position() == 0


def test_stores_that_open_at_once_make_one_log(url: str):
    barrier = threading.Barrier(4)

    def start(number: int) -> None:
        barrier.wait(60)
        with closing(LogStore(open_database(url, "log"))) as store:
            append(store, events(number * 10, 10))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))
    with closing(LogStore(open_database(url, "log"))) as store:
        assert whole(store) == list(range(1, 41))


def header(delivery: str) -> Header:
    return Header(delivery, "pt-test", "PT", "xx_contacts", "0", False)


def test_the_ledger_numbers_deliveries_without_holes_and_answers_again(store: LogStore):
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    one, two, three = (character * 32 for character in "123")
    receipt = Receipt(one, "pt-test", "xx_contacts", "d" * 64, 3, 1, 1, 1, 2, 2)
    proven = ProvenReceipt(receipt, Proof(1, "ab", ["cd"], "note\n"))
    with store.writing() as connection:
        assert deliveries.enter(connection, header(one), at) == 1
        assert deliveries.enter(connection, header(one), at) is None
        assert deliveries.enter(connection, header(two), at) == 2
        deliveries.leave(connection, 2)
        assert deliveries.enter(connection, header(three), at) == 2
        deliveries.keep_receipt(connection, 1, proven)
        assert deliveries.known(connection, one) == proven
    assert deliveries.known_receipt(store, one) == proven
    assert deliveries.receipts(store) == [(at.isoformat(), proven)]
    for unanswered in (three, "4" * 32):
        with pytest.raises(Stop, match="has not arrived"):
            deliveries.known_receipt(store, unanswered)


def test_what_was_refused_is_kept_in_its_order(store: LogStore):
    said = [
        Refusal("row 12", "unknown-code", "sex"),
        Refusal("row 2", "no-date", "date"),
        Refusal("row 2", "no-key", "no"),
    ]
    with store.writing() as connection:
        quarantine.put_aside(connection, "1" * 32, said, b"sealed")
        quarantine.put_aside(connection, "2" * 32, said[:1], b"too")
        quarantine.put_aside(connection, "3" * 32, [], b"")
    assert quarantine.refusals(store, "1" * 32) == said
    assert quarantine.sealed_rows(store, "1" * 32) == b"sealed"
    assert quarantine.refusals(store, "3" * 32) == []
    assert quarantine.sealed_rows(store, "3" * 32) is None
    assert quarantine.by_rule(store) == {"unknown-code": 2, "no-date": 1, "no-key": 1}
