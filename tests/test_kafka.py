"""Through a real broker: what an edge seals is in the log once, its receipt comes back, and nothing is in clear."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli.ingest import drain
from hub.cli.letters import DeadLetter
from hub.cli.outbox import Outbox
from hub.cli.shipping import seal, ship
from hub.events.cloudevent import CloudEvent
from hub.events.frames import framed
from hub.events.wire import open_sealed
from hub.log import sources
from hub.transport import files, topics
from hub.transport.arrivals import Place
from hub.transport.kafka import Message, messages, sending
from tests.broker import cluster
from tests.kafka_pipe import Wire, open_wire
from tests.pipe import quiet, row
from tests.postgres import ENGINES

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning"
)
ROWS = [row(n) for n in range(40)]


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with open_wire(tmp_path, cluster()) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def engine_wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    with open_wire(tmp_path, cluster(), request.param) as opened:
        yield opened


def stored(wire: Wire) -> int:
    """Events about persons in the log."""
    return wire.pipe.hub.store.position()


def on(wire: Wire, topic: str) -> list[Message]:
    return list(messages(wire.cluster, topic, 1.0))


def put(wire: Wire, topic: str, key: str, *events: CloudEvent) -> None:
    with sending(wire.cluster) as send:
        send(topic, key, events)


def frames_of(wire: Wire, delivery: str, state: str = "waiting") -> list[CloudEvent]:
    """The messages that the edge would send, or sent."""
    from hub.cli.shipping import _events

    path = wire.way.outbox.folder / state / f"{delivery}.delivery"
    readers = wire.way.edge.readers(wire.partner)
    with files.opened(path) as opened:
        return list(_events(wire.partner, delivery, framed(opened, readers.partner, readers.hub)))


def dead_letters(wire: Wire) -> list[DeadLetter]:
    secret = wire.pipe.hub.payload_secret
    found = []
    for message in on(wire, topics.DEAD_LETTERS):
        assert isinstance(message.event, CloudEvent)
        try:
            said = open_sealed(message.event.data, secret, topics.DEAD_LETTER)
        except Exception:  # noqa: BLE001 - another test's hub wrote it
            continue
        found.append(DeadLetter(**json.loads(said)))
    return found


def test_a_delivery_goes_there_and_its_proven_receipt_comes_back(engine_wire: Wire) -> None:
    wire = engine_wire
    delivery = wire.seal([*ROWS, row(99, date="never")], complete=True)
    assert wire.states() == ["waiting"]
    assert wire.way.go() == {"sent": 1, "received": 0, "refused": 0, "unanswered": 1}
    assert wire.receive() == {"deliveries": 1, "put_aside": 0, "waiting": 0}
    events = stored(wire)
    assert wire.way.go() == {"sent": 0, "received": 1, "refused": 0, "unanswered": 0}
    (entry,) = wire.way.outbox.entries()
    assert entry.receipt is not None
    receipt = entry.receipt.receipt
    assert (entry.delivery, entry.state) == (delivery, "received")
    assert (receipt.received, receipt.accepted, receipt.quarantined) == (41, 40, 1)
    assert wire.receive()["deliveries"] == 0
    assert stored(wire) == events


def test_no_topic_holds_a_name_a_code_or_a_size(wire: Wire) -> None:
    wire.seal(ROWS)
    wire.seal(ROWS[:1])
    wire.way.go()
    wire.receive()
    sent, answered = on(wire, topics.deliveries(wire.partner)), on(wire, topics.receipts(wire.partner))
    assert len({len(message.event.data) for message in sent if isinstance(message.event, CloudEvent)}) == 1
    assert len({len(message.event.data) for message in answered if isinstance(message.event, CloudEvent)}) == 1
    for message in [*sent, *answered]:
        assert isinstance(message.event, CloudEvent)
        for word in (b"CANARY", b"contact.held", b"xx_contacts", b"accepted", b"quarter", b'"received"'):
            assert word not in message.event.data
        assert {name for name, _ in message.event.extensions} <= {"sequence"}


def test_the_same_delivery_twice_and_by_the_folder_at_once_is_one(wire: Wire) -> None:
    delivery = wire.seal(ROWS)
    events = frames_of(wire, delivery)
    inbox = wire.pipe.hub.settings.deliveries_dir / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    path = wire.way.outbox.folder / "waiting" / f"{delivery}.delivery"
    (inbox / path.name).write_bytes(path.read_bytes())
    put(wire, topics.deliveries(wire.partner), delivery, *events)
    drain(wire.pipe.hub, quiet)
    events_in_log = stored(wire)
    assert wire.receive()["put_aside"] == 0
    wire.way.go()
    assert wire.receive()["put_aside"] == 0
    assert stored(wire) == events_in_log
    assert wire.way.go()["unanswered"] == 0


def test_duplicated_reordered_and_interleaved_frames_are_the_same_deliveries(wire: Wire) -> None:
    many = [row(n) for n in range(12_000)]
    first, second = wire.seal(many), wire.seal(ROWS[:5])
    one, other = frames_of(wire, first), frames_of(wire, second)
    for each in (first, second):
        wire.way.outbox.move(each, "waiting", "sent")
    assert len(one) > 2
    topic = topics.deliveries(wire.partner)
    put(wire, topic, first, *one[1:], one[1])
    put(wire, topic, second, *other, *other)
    assert wire.receive() == {"deliveries": 1, "put_aside": 0, "waiting": 0}
    place = Place(topic, 0)
    assert sources.where(wire.pipe.hub.store, *place) == 0, "the first delivery's frames are still needed"
    put(wire, topic, first, one[0])
    done = wire.receive()
    assert done["put_aside"] == 0
    assert done["deliveries"] >= 1
    assert sources.where(wire.pipe.hub.store, *place) == len(one) + 3
    put(wire, topic, first, one[1])
    assert wire.receive() == {"deliveries": 0, "put_aside": 0, "waiting": 0}
    wire.seal(ROWS[:1])
    wire.way.go()
    assert wire.receive()["deliveries"] == 1
    assert sources.where(wire.pipe.hub.store, *place) == len(one) + 5, "a frame that is late holds nothing up"
    assert len(wire.pipe.current()) == len(many)


def poison(wire: Wire, events: list[CloudEvent]) -> list[tuple[str, CloudEvent]]:
    """Messages that no edge sends, each with its key."""
    good = events[0]
    return [
        (secrets.token_hex(16), CloudEvent("1", "/x", "com.example.other", b"hello")),
        ("not a delivery", good),
        (secrets.token_hex(16), good._replace(data=os.urandom(len(good.data)))),
        (secrets.token_hex(16), good),
        (secrets.token_hex(16), good._replace(data=b"short")),
        (secrets.token_hex(16), good._replace(extensions=(("sequence", "-1"),))),
        (secrets.token_hex(16), good._replace(extensions=(("sequence", "9" * 30),))),
    ]


def test_poison_is_named_by_rule_and_offset_and_what_follows_is_received(wire: Wire) -> None:
    delivery = wire.seal(ROWS)
    topic = topics.deliveries(wire.partner)
    bad = poison(wire, frames_of(wire, delivery))
    for key, event in bad:
        put(wire, topic, key, event)
    wire.way.go()
    assert wire.receive() == {"deliveries": 1, "put_aside": len(bad), "waiting": 0}
    letters = [each for each in dead_letters(wire) if each.topic == topic]
    assert sorted(each.first for each in letters) == list(range(len(bad)))
    assert {each.rule for each in letters} == {"not-of-an-edge", "does-not-open"}
    assert wire.receive() == {"deliveries": 0, "put_aside": 0, "waiting": 0}


def test_a_delivery_that_the_hub_refuses_is_kept_told_and_tried_again(wire: Wire) -> None:
    """A delivery that links persons where no legal basis stands: the header is changed, as a wrong edge would."""
    delivery = wire.seal(ROWS)
    path = wire.way.outbox.folder / "waiting" / f"{delivery}.delivery"
    readers = wire.way.edge.readers(wire.partner)
    with files.opened(path) as opened:
        changed = opened._replace(header=type(opened.header)(**{
            **{name: getattr(opened.header, name) for name in opened.header.__struct_fields__}, "links": "evaluation",
        }))  # fmt: skip
        made = list(framed(changed, readers.partner, readers.hub))
    events = [
        CloudEvent(
            f"{n}", "/x", topics.LAST_FRAME if last else topics.FRAME, sealed, extensions=(("sequence", str(n)),)
        )
        for n, last, sealed in made
    ]
    put(wire, topics.deliveries(wire.partner), delivery, *events)
    wire.way.outbox.move(delivery, "waiting", "sent")
    assert wire.receive() == {"deliveries": 0, "put_aside": 1, "waiting": 0}
    assert (wire.pipe.hub.settings.deliveries_dir / "rejected" / f"{delivery}.delivery").exists()
    assert wire.way.go() == {"sent": 0, "received": 0, "refused": 1, "unanswered": 0}
    (entry,) = wire.way.outbox.entries()
    assert (entry.state, entry.rule) == ("refused", "not-linkable")


def test_what_expired_unread_is_a_gap_that_is_named_and_healed(wire: Wire) -> None:
    from kafka import KafkaAdminClient
    from kafka.structs import TopicPartition

    first = wire.seal(ROWS[:3])
    wire.way.go()
    assert wire.receive()["deliveries"] == 1
    second = wire.seal(ROWS[3:])
    ship(wire.way)
    topic = topics.deliveries(wire.partner)
    admin = KafkaAdminClient(bootstrap_servers=list(wire.cluster.servers))
    admin.delete_records({TopicPartition(topic, 0): 2})
    admin.close()
    told: list[str] = []
    assert wire.receive(echo=told.append)["deliveries"] == 0
    assert any("offsets 1 to 1 are gone unread" in line for line in told)
    assert wire.way.go()["sent"] == 0
    assert sorted(wire.states()) == ["received", "waiting"], "the hub asked for it again"
    assert wire.way.go()["sent"] == 1
    assert wire.receive()["deliveries"] == 1
    wire.way.go()
    assert {each.delivery: each.state for each in wire.way.outbox.entries()} == {
        first: "received", second: "received"
    }  # fmt: skip


def test_an_answer_for_another_or_a_forged_one_says_nothing(wire: Wire, tmp_path: Path) -> None:
    delivery = wire.seal(ROWS)
    wire.way.go()
    forged = CloudEvent("1", topics.HUB, topics.RECEIPT, os.urandom(16_432))
    put(wire, topics.receipts(wire.partner), delivery, forged)
    with open_wire(tmp_path / "other", wire.cluster) as other:
        other.seal(ROWS)
        other.way.go()
        other.receive()
        for message in on(other, topics.receipts(other.partner)):
            assert isinstance(message.event, CloudEvent)
            put(wire, topics.receipts(wire.partner), delivery, message.event)
    assert wire.way.go() == {"sent": 0, "received": 0, "refused": 0, "unanswered": 1}
    assert wire.receive()["deliveries"] >= 1
    assert wire.way.go()["received"] == 1


def test_a_file_that_was_sealed_before_a_kill_is_known(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    from tests.pipe import write_table

    write_table(path, ROWS)
    seal(wire.way.outbox, wire.task(path), quiet)
    from hub.cli.outbox import digest_of

    assert Outbox(wire.way.outbox.folder).known(path.name, digest_of(path)) is not None
