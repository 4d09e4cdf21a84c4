"""Whatever is killed, cut or filled on a broker's way, each delivery is in the log once, and its receipt is proven.

`make faults` does the same a hundred times, and with three brokers.
"""

import gc
import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hub.cli.streaming
import hub.transport.kafka
from hub.cli.outbox import Outbox
from hub.cli.shipping import ship
from hub.cli.stream import Stream
from hub.cli.streaming import follow
from hub.errors import Retry, Stop
from hub.events.cloudevent import CloudEvent
from hub.log import sources
from hub.transport import topics
from hub.transport.arrivals import Arrivals, Place
from hub.transport.kafka import Cluster, Unplaced, messages, sending
from tests.broker import cluster
from tests.campaigns.carriers import Field, a_field
from tests.campaigns.carrying import carried
from tests.kafka_pipe import Wire, open_wire
from tests.pipe import Pipe, open_pipe, quiet, row

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)
ROWS = [row(n) for n in range(20)]
NOBODY = Cluster(("localhost:9",), {})


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What kafka-python leaves to the collector is collected in its own test."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def field() -> Iterator[Field]:
    with a_field(1) as opened:
        yield opened


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with open_wire(tmp_path, cluster()) as opened:
        yield opened


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, "sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    "done",
    [
        ("edge killed", "receiver killed"),
        ("frames again", "poison", "by folder too", "second receiver"),
        ("torn", "cut", "broker killed"),
    ],
    ids=" ".join,
)
def test_nothing_is_lost_or_twice(field: Field, tmp_path: Path, done: tuple[str, ...]) -> None:
    assert carried(field, tmp_path / "run", "sqlite", random.Random(1), done) == []


def test_a_gap_that_the_partner_could_not_be_told_of_is_found_again(pipe: Pipe, tmp_path: Path) -> None:
    def lost(*_: Any) -> int:
        raise Retry("the broker is not there")

    place, told = Place(topics.deliveries("pt-apav"), 0), list[str]()
    with Arrivals(tmp_path / "arriving") as arrivals:
        with pytest.raises(Retry):
            Stream(pipe.hub, lost, arrivals, quiet).gap(place, 3, 9)
        assert sources.where(pipe.hub.store, *place) is None
        Stream(pipe.hub, lambda topic, *_: told.append(topic) or 1, arrivals, quiet).gap(place, 3, 9)
    assert told == [topics.receipts("pt-apav")]
    assert sources.where(pipe.hub.store, *place) == 9


def test_a_partner_without_a_topic_for_answers_holds_up_nobody_elses(pipe: Pipe, tmp_path: Path) -> None:
    told = list[str]()

    def send(topic: str, *_: Any) -> int:
        if topic == topics.receipts("pt-a"):
            raise Unplaced("no topic")
        told.append(topic)
        return 1

    to = pipe.hub.readers("pt-a")[0].public_bytes_raw()
    with pipe.hub.store.writing() as connection:
        for delivery, partner in (("1" * 32, "pt-a"), ("2" * 32, "pt-b")):
            sources.owe(connection, sources.Answer(delivery, partner, to, "torn"))
    with Arrivals(tmp_path / "arriving") as arrivals:
        stream = Stream(pipe.hub, send, arrivals, quiet)
        stream.tell()
        stream.tell()
    assert told == [topics.receipts("pt-b")]
    assert [each.partner for each in sources.owed(pipe.hub.store)] == ["pt-a"]


def test_who_is_asked_to_end_while_the_broker_is_away_ends_in_order(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hub.transport.kafka.PATIENCE, "bootstrap_timeout_ms", 300)
    assert follow(pipe.hub, NOBODY, stopping=lambda: True, echo=quiet)["deliveries"] == 0
    with pytest.raises(Retry):
        follow(pipe.hub, NOBODY, stopping=lambda: False, echo=quiet, once=True)


def test_a_broker_that_is_away_costs_no_thread_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """kafka-python leaves a thread and four files behind where it finds no broker: a day's outage would use them up."""
    monkeypatch.setitem(hub.transport.kafka.PATIENCE, "bootstrap_timeout_ms", 300)
    before = threading.active_count()
    for _ in range(2):
        with pytest.raises(Retry):
            list(messages(NOBODY, "vs.receipts.pt-apav", 1.0))
    assert threading.active_count() == before


def test_who_looks_once_where_no_topic_is_ends(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.cli.streaming, "UNPLACED", 1.0)
    with pytest.raises(Stop, match="no topic"):
        follow(pipe.hub, cluster(), stopping=lambda: False, echo=quiet, once=True, only="zz-nobody")


def test_what_the_hub_asks_for_again_is_sent_again_once(wire: Wire) -> None:
    """The letter stays on its topic for days: an edge that starts anew reads it again."""
    wire.seal(ROWS)
    assert wire.way.go()["sent"] == 1
    with sending(wire.cluster) as send:
        send(topics.receipts(wire.partner), "0" * 32, [CloudEvent("letter", topics.HUB, topics.WANTED, b"")])
    wire.way.go()
    assert wire.states() == ["waiting"]
    assert [wire.way._replace(seen={}).go()["sent"] for _ in range(3)] == [1, 0, 0]


def test_a_delivery_that_this_disk_has_damaged_holds_up_no_other(wire: Wire) -> None:
    damaged, good = wire.seal(ROWS), wire.seal(ROWS[:3])
    (wire.way.outbox.waiting / f"{damaged}.delivery").write_bytes(b"PK")
    assert ship(wire.way) == 1
    assert {each.delivery: (each.state, each.rule) for each in wire.way.outbox.entries()} == {
        damaged: ("refused", "torn"), good: ("sent", None)
    }  # fmt: skip


def test_a_clock_that_is_set_back_lets_no_delivery_overtake_another(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for name, second in (("b", 2_000), ("a", 1_000), ("c", 1_500)):
        path = outbox.waiting / f"{name}.delivery"
        path.touch()
        os.utime(path, (second, second))
        outbox.keep_order(name)
    assert [path.stem for path in outbox.pending("waiting")] == ["b", "a", "c"]


def test_two_processes_of_one_edge_may_send_at_once(wire: Wire) -> None:
    delivery = wire.seal(ROWS)
    wire.way.outbox.move(delivery, "waiting", "sent")
    wire.way.outbox.move(delivery, "waiting", "sent")
    assert wire.states() == ["sent"]
