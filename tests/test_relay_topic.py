"""On a real broker: a public topic that was lost, cut or written to by others, and relays that die or meet another."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import kafka
import pytest
from kafka.structs import TopicPartition

import hub.projections.base
from hub.cli.installation import installation
from hub.cli.relaying import SEEN, keep_up
from hub.errors import Stop
from hub.events.cloudevent import CloudEvent
from hub.events.delivery import ReleasePublished
from hub.log import own
from hub.transport.kafka import make_topics, messages, sending
from hub.transport.kafka_topic import owned
from tests.campaigns.forked import forked
from tests.pipe import open_pipe, quiet
from tests.relayed import Out, open_out

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Out]:
    with open_out(tmp_path) as opened:
        yield opened


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
