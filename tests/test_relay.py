"""On a real broker: who reads what was committed to the public topic reads the log's public events, each once."""

import json
import os
import random
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import kafka
import pytest
from kafka.structs import TopicPartition

import hub.projections.base
from hub.cli.installation import installation
from hub.cli.relaying import SEEN, keep_up
from hub.errors import Stop
from hub.events import MODELS, NEWEST
from hub.events.cloudevent import CloudEvent, event_of
from hub.events.delivery import DeliveryClosed, ReleasePublished
from hub.events.public import LEFT_OUT, PUBLIC, WITHHELD, is_public
from hub.log import own
from hub.log.sealed import split
from hub.transport.kafka import Cluster, make_topics, messages, sending
from hub.transport.kafka_topic import owned
from tests.broker import cluster
from tests.campaigns.forked import forked
from tests.forgetting import forget
from tests.pipe import ROOT, Pipe, open_pipe, quiet, row
from tests.postgres import ENGINES
from tests.test_asyncapi import as_sent, headers

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning"
)
PLAN = ROOT / "examples" / "programmes" / "invictus" / "pt.yaml"
PLACES = """
mapping: 1
name: xx_places
partner: pt-test
country: PT
language: pt
source: {separator: ";"}
record: capacity
key: [house, period]
subject: nobody
covers: quarter
facts:
  - event: shelter.capacityreported
    fields:
      period: {column: period, as: quarter, dates: ["%YQ%q"]}
      sites: {value: "1"}
      places_unit: {value: BED}
      places: {column: places, as: integer}
"""


class Out(NamedTuple):
    """An installation, and a topic that is this test's alone."""

    pipe: Pipe
    cluster: Cluster
    topic: str

    def relay(self, **more: Any) -> dict[str, Any]:
        return keep_up(self.pipe.hub, self.cluster, stopping=lambda: False, echo=quiet, topic=self.topic, **more)

    def read(self) -> list[CloudEvent]:
        """As any other consumer reads: what was committed, from the first message to the last."""
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=list(self.cluster.servers), isolation_level="read_committed", enable_auto_commit=False,
        )  # fmt: skip
        place = TopicPartition(self.topic, 0)
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end, found = consumer.end_offsets([place])[place], []
        while consumer.position(place) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                found += [event_of(each.headers, each.value) for each in records]
        consumer.close(autocommit=False)
        return found

    def public(self) -> list[str]:
        """The ids of the log's public events in their order, found in another way than the relay's."""
        store, ids, states = self.pipe.hub.store, [], {}
        for _, stream, _, topic, state in store.read(0, store.position(), 1_000_000):
            header, _, rest = split(state)
            name = MODELS[topic].name
            if header.key or name not in PUBLIC:
                continue
            data = json.loads(rest)["data"]
            if name == "record.retracted" and data["fact"] not in PUBLIC:
                continue
            if name == "delivery.closed":
                state_of = (data["dataset"], data["period"], data["complete"])
                if states.get(stream) == state_of:
                    continue
                states[stream] = state_of
            ids.append(header.id)
        return ids

    def places(self, houses: int, periods: int = 1) -> None:
        """Figures of houses: one public event each."""
        rows = [
            {"house": f"H{house}", "period": f"20{10 + period}Q1", "places": str(house % 90 + period)}
            for house in range(houses)
            for period in range(periods)
        ]
        path = self.pipe.folder / f"places-{secrets.token_hex(4)}.csv"
        path.write_text("\n".join(["house;period;places", *(";".join(each.values()) for each in rows)]), "utf-8")
        mapping = self.pipe.folder / "places.yaml"
        mapping.write_text(PLACES, "utf-8")
        assert self.pipe.take_file(path, mapping, complete=True)["quarantined"] == 0


@pytest.fixture(params=["sqlite"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Out]:
    topic = f"vs.public.{secrets.token_hex(5)}"
    make_topics(cluster(), [topic], copies=1, kept=(topic,))
    with open_pipe(tmp_path, request.param) as pipe:
        yield Out(pipe, cluster(), topic)


def said_of(out: Out) -> None:
    """Persons, a plan, a release, and a linkage: what a log holds side by side."""
    out.pipe.take([row(n) for n in range(30)], complete=True)
    out.pipe.take_file(PLAN, "plan_file", complete=True)
    release = ReleasePublished(release="r2025Q1", period="2025Q1", position=1, digest="0" * 64)
    own.state(out.pipe.hub.receiver, "release|r2025Q1", release)


@pytest.mark.parametrize("out", ENGINES, indirect=True)
def test_what_a_consumer_reads_is_what_is_public_in_the_log(out: Out) -> None:
    said_of(out)
    first = out.relay()
    assert [each.id for each in out.read()] == out.public()
    assert first["messages"] == len(out.public()) > 30
    assert (first["position"], first["missing"]) == (out.pipe.hub.store.position(), 0)
    assert out.relay()["messages"] == 0
    out.pipe.take([row(n) for n in range(60)], complete=True)
    out.places(5)
    assert out.relay()["messages"] >= 5
    assert [each.id for each in out.read()] == out.public()


def test_a_message_is_a_cloudevent_that_keeps_to_its_published_schema(out: Out) -> None:
    said_of(out)
    out.relay()
    read = out.read()
    names = {each.type for each in read}
    assert {"vs.plan.adopted.v1", "vs.delivery.closed.v1", "vs.release.published.v1"} <= names
    files = {path.stem: path for folder in ("events", "wire") for path in (ROOT / "schemas" / folder).glob("*.json")}
    for event in read:
        assert event.datacontenttype == "application/json"
        schema = json.loads(files[event.extension("dataschema") or ""].read_text("utf-8"))
        jsonschema.validate(json.loads(event.data), schema)
        jsonschema.validate(as_sent(event), headers(event.type))
        assert event.source.count("/") == 2
        assert event.extension("position")


def test_no_event_about_a_person_is_on_the_topic(out: Out) -> None:
    said_of(out)
    store = out.pipe.hub.store
    rows = store.read(0, store.position(), 1_000_000)
    about = [split(state)[0].id for _, _, _, topic, state in rows if MODELS[topic].personal]
    assert len(about) == 30, "the control: the log holds them"
    out.pipe.take([row(1)], complete=True)
    out.relay()
    raw = b"".join(each.data + repr(each).encode() for each in out.read())
    assert b"INVICTUS" in raw, "the control: what is public is there"
    for word in [*about, "contact.held", "CANARY", "records"]:
        assert word.encode() not in raw
    retracted = [each for *_, topic, each in store.read(0, store.position(), 1_000_000) if "retracted" in topic]
    assert len(retracted) > 20, "the control: contacts were retracted"
    assert not any(each.type == "vs.record.retracted.v1" for each in out.read())


def test_a_topic_does_not_say_how_many_events_about_people_lie_between_two(out: Out) -> None:
    """Neither positions nor streams are numbers, and a delivery's state is told once, however often its count moves."""
    for rows in (range(10), range(11), range(200)):
        out.pipe.take([row(n) for n in rows], complete=True)
    store = out.pipe.hub.store
    streams = {stream for _, stream, *_ in store.read(0, store.position(), 1_000_000)}
    closed = store.of_kind(DeliveryClosed.topic())
    out.relay()
    read = out.read()
    assert len(read) < len(closed), "the control: the log restated it"
    assert {each.extension("streamseq") for each in read} == {"1"}
    assert not streams & {each.extension("subject") for each in read}
    assert len({len(each.extension("position") or "") for each in read}) == 1
    for event in read:
        assert json.loads(event.data).keys() == {"dataset", "period", "complete"}


def test_every_event_in_clear_is_either_public_or_withheld_for_a_reason() -> None:
    clear = {name for name, model in NEWEST.items() if not model.personal}
    assert clear == {*PUBLIC, *WITHHELD}
    assert not {*PUBLIC} & {*WITHHELD}
    assert LEFT_OUT.keys() <= {*PUBLIC}
    assert not is_public("indicator.valuereported", {"conf_status": "C"})
    assert is_public("indicator.valuereported", {"conf_status": "F"})
    assert not is_public("record.retracted", {"fact": "contact.held"})
    assert is_public("record.retracted", {"fact": "plan.measureplanned"})


def test_a_public_fact_that_is_taken_back_is_told(out: Out) -> None:
    out.places(6)
    out.relay()
    out.places(2)
    out.relay()
    back = [json.loads(each.data)["retracts"] for each in out.read() if each.type == "vs.record.retracted.v1"]
    assert len(back) == 4
    assert {*back} <= {each.id for each in out.read()}


def test_killed_at_random_and_begun_again_no_event_is_missing_or_twice(out: Out) -> None:
    out.places(600, 2)
    rng, killed_at_work = random.Random(8), 0

    def work() -> None:
        hub.projections.base.BATCH = hub.projections.base.PAGE = 20  # a page a transaction
        with installation(out.pipe.hub.settings) as again:
            keep_up(again, out.cluster, stopping=lambda: False, echo=quiet, topic=out.topic, again=True)

    for n in range(10):
        killed_at_work += forked(work, kill_after=0.2 + rng.random() * 0.5).killed
        public, read = out.public(), [each.id for each in out.read()]
        assert read == public[: len(read)]
        if len(read) == len(public):  # it was faster than we: more for the next one
            release = ReleasePublished(release=f"r{n}", period="2025Q1", position=n, digest="0" * 64)
            own.state(out.pipe.hub.receiver, f"release|r{n}", release)
    assert killed_at_work > 5
    out.relay(again=True)
    assert [each.id for each in out.read()] == out.public()


def test_what_a_relay_that_was_killed_had_not_committed_is_never_read(out: Out) -> None:
    out.places(3)

    def work() -> None:
        with owned(out.cluster, out.topic, f"vs.relay.{out.topic}") as target:

            def events() -> Iterator[CloudEvent]:
                yield CloudEvent("0" * 32, "/x", "com.example.never", b"{}")
                target._producer.flush()
                os.kill(os.getpid(), signal.SIGKILL)

            target.append(events())

    assert forked(work).killed
    assert len(list(messages(out.cluster, out.topic, 1.0))) == 1, "the control: it is on the broker's disk"
    out.relay()
    assert [each.id for each in out.read()] == out.public()


def slowly(event: CloudEvent) -> Iterator[CloudEvent]:
    """The same event, until the broker has had the time to say what it thinks of the writer."""
    for _ in range(20):
        yield event
        time.sleep(0.05)


def test_of_two_relays_the_later_one_writes_and_the_other_ends(out: Out) -> None:
    name = f"vs.relay.{out.topic}"
    one = CloudEvent("1" * 32, "/x", "com.example.one", b"{}")
    with owned(out.cluster, out.topic, name) as earlier:
        earlier.append([one])
        with owned(out.cluster, out.topic, name) as later:
            for _ in range(2):  # kafka-python says it once so, and then in other words
                with pytest.raises(Stop, match="another relay"):
                    earlier.append(slowly(one._replace(id="2" * 32)))
            later.append([one._replace(id="3" * 32)])
    assert [each.id for each in out.read()] == ["1" * 32, "3" * 32]


def test_a_topic_that_was_lost_is_told_and_sent_again_when_asked(out: Out) -> None:
    out.places(4)
    out.relay()
    admin = kafka.KafkaAdminClient(bootstrap_servers=list(out.cluster.servers))
    admin.delete_topics([out.topic])
    with pytest.raises(Stop, match="is not a topic"):
        out.relay()
    make_topics(out.cluster, [out.topic], copies=1, kept=(out.topic,))
    with pytest.raises(Stop, match="less than it had"):
        out.relay()
    assert out.relay(again=True)["messages"] == len(out.public())
    assert [each.id for each in out.read()] == out.public()
    assert (out.pipe.hub.settings.home / SEEN).exists()
    admin.close()


def test_a_topic_that_was_cut_in_front_is_told(out: Out) -> None:
    out.places(4)
    out.relay()
    admin = kafka.KafkaAdminClient(bootstrap_servers=list(out.cluster.servers))
    admin.delete_records({TopicPartition(out.topic, 0): 2})
    out.places(9)
    told: list[str] = []
    done = keep_up(out.pipe.hub, out.cluster, stopping=lambda: False, echo=told.append, topic=out.topic)
    assert done["missing"] == 2
    assert any("first 2 offsets" in line for line in told)
    assert [each.id for each in out.read()] == out.public()[2:]
    admin.delete_records({TopicPartition(out.topic, 0): -1})
    admin.close()
    with pytest.raises(Stop, match="were deleted"):
        out.relay()


def test_a_topic_that_somebody_else_writes_to_is_left_alone(out: Out, tmp_path: Path) -> None:
    out.places(2)
    out.relay()
    with open_pipe(tmp_path / "other") as other, pytest.raises(Stop, match="not this hub's"):
        Out(other, out.cluster, out.topic).relay()
    with sending(out.cluster) as send:
        send(out.topic, "x", [CloudEvent("1", "/x", "com.example.other", b"{}")])
    with pytest.raises(Stop, match="not this hub's"):
        out.relay()


def test_forgetting_moves_nothing_on_the_topic(out: Out) -> None:
    """Whoever is forgotten was never there, and a view that holds nobody need not be made anew."""
    said_of(out)
    out.relay()
    before = [each.id for each in out.read()]
    forget(out.pipe, ["C1"])
    assert out.pipe.hub.store.of_kind("vs.subject.forgotten.v1"), "the control: somebody was forgotten"
    out.relay()
    assert [each.id for each in out.read()][: len(before)] == before
    assert [each.id for each in out.read()] == out.public()
