"""A sender that is cut off in the middle, and a broker that is away for long: nothing is lost, doubled, or piled up."""

import gc
import os
import threading
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import hub.transport.kafka
from hub.cli.outbox import Origin, Outbox
from hub.cli.shipping import _sent, ship
from hub.cli.watching import watch
from hub.errors import Retry
from hub.events.cloudevent import CloudEvent
from hub.transport.kafka import Cluster, sending
from tests.broker import cluster
from tests.kafka_pipe import Wire, open_wire
from tests.pipe import row, write_table

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves sockets that it was about to open to the collector.
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning",
)
MANY = [row(n) for n in range(12_000)]
"""Several frames."""
NOBODY = Cluster(("localhost:9",), {})
OUTAGE = 60
"""Looks of an edge in an hour, as hub-edge.service has it look."""


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What kafka-python leaves to the collector is collected in its own test."""
    yield
    gc.collect()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with open_wire(tmp_path, cluster()) as opened:
        yield opened


def sent_until(wire: Wire, delivery: str, frames: int) -> None:
    """The edge sends so many frames of a delivery, and then its network is cut."""
    path = wire.way.outbox.waiting / f"{delivery}.delivery"
    with sending(wire.cluster) as send:

        def cut(topic: str, key: str, events: Iterable[CloudEvent]) -> int:
            for number, event in enumerate(events):
                if number == frames:
                    raise Retry("cut")
                send(topic, key, [event])
            raise AssertionError("the delivery has fewer frames")

        with pytest.raises(Retry, match="cut"):
            _sent(wire.way, cut, path)


@pytest.mark.parametrize("frames", [1, 2])
def test_a_delivery_that_is_cut_off_in_the_middle_begins_anew_and_is_in_the_log_once(wire: Wire, frames: int) -> None:
    delivery = wire.seal(MANY)
    sent_until(wire, delivery, frames)
    assert wire.states() == ["waiting"]
    assert wire.receive() == {"deliveries": 0, "put_aside": 0, "waiting": 0}, "the hub has a part, and applies nothing"
    assert wire.pipe.hub.store.position() == 0
    sent_until(wire, delivery, frames)
    assert wire.way.go()["sent"] == 1
    assert wire.receive() == {"deliveries": 1, "put_aside": 0, "waiting": 0}
    assert len(wire.pipe.current()) == len(MANY)
    events = wire.pipe.hub.store.position()
    assert wire.way.go() == {"sent": 0, "received": 1, "refused": 0, "unanswered": 0}
    assert wire.receive()["deliveries"] == 0
    assert wire.pipe.hub.store.position() == events


def size(folder: Path) -> tuple[int, int]:
    """Files below a folder, and their bytes."""
    there = [path for path in folder.rglob("*") if path.is_file()]
    return len(there), sum(path.stat().st_size for path in there)


def test_an_hour_without_a_broker_costs_what_was_sealed_and_then_all_of_it_arrives_once(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty looks, as many as an hour has: only the pauses between them are left out."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for number in range(3):
        table = write_table(folder / f"{number}.csv", [row(n) for n in range(number * 10, number * 10 + 10)])
        os.utime(table, (1 + number, 1 + number))
    looks, sizes, told = count(1), list[Any](), list[str]()

    def over() -> bool:
        sizes.append((size(wire.way.outbox.folder), threading.active_count()))
        return next(looks) >= 2 * OUTAGE  # it is asked twice a look

    away = wire.way._replace(cluster=NOBODY, echo=told.append)
    with monkeypatch.context() as hasty:
        hasty.setitem(hub.transport.kafka.PATIENCE, "bootstrap_timeout_ms", 50)
        done = watch(away, folder, wire.task, every=0.0, stopping=over)
    assert (done["sealed"], done["sent"]) == (3, 0)
    assert len([line for line in told if "what is sealed waits" in line]) >= OUTAGE
    assert len({*sizes[1:]}) == 1, "neither files nor bytes nor threads grow with the hour"
    back = watch(wire.way, folder, wire.task, every=0.0, stopping=lambda: True)
    assert (back["sealed"], back["sent"]) == (0, 3)
    assert wire.receive()["deliveries"] == 3
    watch(wire.way, folder, wire.task, every=0.0, stopping=lambda: True)
    assert wire.states() == ["received"] * 3
    assert size(wire.way.outbox.folder / "waiting") == size(wire.way.outbox.folder / "sent") == (0, 0)
    assert len(wire.pipe.current()) == 30
    assert sorted(path.name for path in (folder / "archive").glob("*.csv")) == ["0.csv", "1.csv", "2.csv"]


def test_a_receiver_that_a_cut_off_delivery_waits_in_takes_the_others(wire: Wire) -> None:
    torn, small = wire.seal(MANY), wire.seal([row(n) for n in range(5)])
    sent_until(wire, torn, 1)
    wire.way.outbox.move(torn, "waiting", "sent")  # as if it were lost for ever
    assert ship(wire.way) == 1
    assert wire.receive() == {"deliveries": 1, "put_aside": 0, "waiting": 0}
    wire.way.go()
    assert {each.delivery: each.state for each in wire.way.outbox.entries()} == {torn: "sent", small: "received"}


def test_a_file_is_known_without_a_look_at_all_that_were_sent_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(tmp_path)
    for number in range(300):
        outbox.named(Origin("pt-test", "xx", f"{number}.csv", f"{number:064x}"), f"{number:032x}")
        (tmp_path / "sent" / f"{number:032x}.delivery").touch()
    read: list[Path] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (read.append(path), whole(path))[1])
    assert outbox.known("7.csv", f"{7:064x}") == f"{7:032x}"
    assert outbox.known("7.csv", f"{8:064x}") is None
    assert (outbox.has_named("7.csv"), outbox.has_named("x.csv")) == (True, False)
    assert read == []


def test_an_outbox_of_an_earlier_version_knows_its_files(tmp_path: Path) -> None:
    old = Outbox(tmp_path)
    old.named(Origin("pt-test", "xx", "a.csv", "1" * 64), "2" * 32)
    old.named(Origin("pt-test", "xx", "a.csv", "1" * 64), "3" * 32)
    (tmp_path / "received" / f"{'3' * 32}.json").touch()
    for path in sorted((tmp_path / "files").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (tmp_path / "files").rmdir()
    again = Outbox(tmp_path)
    assert again.known("a.csv", "1" * 64) == "3" * 32, "the other one was never whole"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_frames_of_two_sendings_are_one_delivery(wire: Wire) -> None:
    """Each sending seals anew: the first frame of one and the others of another fit together."""
    delivery = wire.seal(MANY)
    sent_until(wire, delivery, 1)
    path = wire.way.outbox.waiting / f"{delivery}.delivery"
    with sending(wire.cluster) as send:
        _sent(wire.way, lambda topic, key, events: send(topic, key, list(events)[1:]), path)
    assert wire.receive()["deliveries"] == 1
    assert len(wire.pipe.current()) == len(MANY)
