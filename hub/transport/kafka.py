"""The broker: messages that are on its disk before we go on, and messages from where the log says we were.

Besides `knock.py`, the only file that knows kafka-python. Its errors become ours, and none of its words are told.
"""

import re
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import kafka
from kafka import errors
from kafka.admin import NewTopic
from kafka.structs import TopicPartition

from hub.errors import Retry, Stop
from hub.events.cloudevent import CloudEvent, event_of, headers_of
from hub.transport.arrivals import SEALED, Place
from hub.transport.knock import closed

IN_FLIGHT = 16
"""Messages that wait for the broker's word at most: four megabytes, for which a slow line has two minutes."""
AT_ONCE = 64
"""Messages that are read in one go: sixteen megabytes."""
SILENCE = 60.0
"""Seconds without a word after which a broker is not there, though its connection stands."""
PATIENCE = {"bootstrap_timeout_ms": 10_000}
FETCH = 32 * SEALED
RETENTION_DAYS = 7
"""Of a topic that this makes. Sealed or not, what was received has no business on a broker (docs/kafka.md)."""
_CLOSED = (
    errors.AuthorizationError, errors.SaslAuthenticationFailedError, errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError, errors.PolicyViolationError,
)  # fmt: skip
_IN_WORDS = re.compile(r"[A-Za-z]+AuthorizationFailedError")


class Cluster(NamedTuple):
    """Brokers by host and port, and how to speak with them: kafka-python's names. It may hold a password: not shown."""

    servers: tuple[str, ...]
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Cluster({', '.join(self.servers)})"


class Unplaced(Retry):
    """A topic that no broker tells of: it was not made, or none of them answers."""


class Message(NamedTuple):
    """What stands at an offset of a place; `event` is a sentence instead where it is no CloudEvent."""

    place: Place
    offset: int
    key: str
    event: CloudEvent | str


@contextmanager
def sending(cluster: Cluster) -> Iterator[Callable[[str, str, Iterable[CloudEvent]], int]]:
    """A way to send events to a topic, under a key: it returns their number when all are on brokers' disks.

    It raises Unplaced before anything was sent to a topic that is not there, and Retry for a broker that is lost later.
    """
    with met(cluster):
        producer = opened(
            kafka.KafkaProducer,
            bootstrap_servers=list(cluster.servers),
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            metrics_enabled=False,
            max_request_size=2 * SEALED,
            max_block_ms=15_000,
            **PATIENCE,
            **cluster.options,
        )
    try:
        yield lambda topic, key, events: _send(cluster, producer, topic, key, events)
    finally:
        with suppress(errors.KafkaError, OSError):  # all that had to arrive has
            producer.close(timeout=5)


def _send(cluster: Cluster, producer: Any, topic: str, key: str, events: Iterable[CloudEvent]) -> int:
    waiting: deque[Any] = deque()
    sent = 0
    with told(cluster):
        try:
            producer.partitions_for(topic)
        except errors.KafkaTimeoutError:
            raise Unplaced(f"the broker ({', '.join(cluster.servers)}) has no topic {topic}, or is not there") from None
    for event in events:
        with told(cluster):
            waiting.append(producer.send(topic, event.data, key=key.encode(), headers=headers_of(event)))
            sent += 1
            if len(waiting) >= IN_FLIGHT:
                waiting.popleft().get(timeout=SILENCE)
    with told(cluster):
        for future in waiting:  # one after the other: a flush would give a slow line a minute for all of them
            future.get(timeout=SILENCE)
    return sent


def messages(cluster: Cluster, topic: str, seconds: float, *, after: int = 0) -> Iterator[Message]:
    """All that stands in a topic now, in no group, from an offset on. None for a topic that is not there.

    Raises Retry when for a minute nothing comes of what the broker said is there.
    """
    with met(cluster):
        consumer = opened(
            kafka.KafkaConsumer,
            bootstrap_servers=list(cluster.servers), enable_auto_commit=False, allow_auto_create_topics=False,
            metrics_enabled=False, max_partition_fetch_bytes=FETCH, **PATIENCE, **cluster.options,
        )  # fmt: skip
    try:
        with told(cluster):
            places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            if not places:
                _may_be_seen(cluster, topic)
            ends = consumer.end_offsets(places) if places else {}
            begins = consumer.beginning_offsets(places) if places else {}
            consumer.assign(places)
            for each in places:
                consumer.seek(each, max(begins[each], min(after, ends[each])))
        heard = time.monotonic()
        while _behind(cluster, consumer, ends):
            with told(cluster):
                found = consumer.poll(timeout_ms=int(seconds * 1000), max_records=AT_ONCE)
            for records in found.values():
                yield from map(message_of, records)
            if found:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE:
                raise Retry(f"the broker ({', '.join(cluster.servers)}) is silent")
    finally:
        with suppress(errors.KafkaError, OSError):
            consumer.close(autocommit=False, timeout_ms=5_000)


def _behind(cluster: Cluster, consumer: Any, ends: Mapping[Any, int]) -> bool:
    """Whether something is not read yet of what was there."""
    with told(cluster):
        return any((consumer.position(each, timeout_ms=5_000) or 0) < end for each, end in ends.items())


def opened(make: Any, **options: Any) -> Any:
    """A client of kafka-python. One that finds no broker would leave its thread and its sockets behind, each time."""
    begun = []

    def client(**given: Any) -> Any:
        begun.append(make.DEFAULT_CONFIG["kafka_client"](**given))
        return begun[-1]

    try:
        return make(kafka_client=client, **options)
    except BaseException:
        for each in begun:
            each.close()
        raise


def _may_be_seen(cluster: Cluster, topic: str) -> None:
    """Raises kafka-python's error for a topic that we may not see. To a consumer, it looks as one that is not there."""
    admin = kafka.KafkaAdminClient(bootstrap_servers=list(cluster.servers), **cluster.options)
    try:
        (found,) = admin.describe_topics([topic])
    finally:
        admin.close()
    if found["error_code"] == errors.TopicAuthorizationFailedError.errno:
        raise errors.TopicAuthorizationFailedError


def make_topics(cluster: Cluster, names: Iterable[str], *, copies: int, kept: Collection[str] = ()) -> list[str]:
    """Make topics of one partition, so that what a partner sends keeps its order. Those that were not there.

    `kept`: those of them that keep what they hold for ever.
    """
    with met(cluster):
        admin = kafka.KafkaAdminClient(bootstrap_servers=list(cluster.servers), **cluster.options)
        try:
            there = set(admin.list_topics())
            new = [name for name in names if name not in there]
            hours = {"retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000), "message.timestamp.type": "LogAppendTime",
                     "max.message.bytes": str(2 * SEALED), "min.insync.replicas": str(max(1, copies - 1))}  # fmt: skip
            if new:
                ever = {**hours, "retention.ms": "-1"}
                admin.create_topics(
                    [NewTopic(name, 1, copies, topic_configs=ever if name in kept else hours) for name in new]
                )
        finally:
            admin.close()
    return new


def message_of(record: Any) -> Message:
    """A record of kafka-python as ours."""
    place = Place(record.topic, record.partition)
    event: CloudEvent | str
    try:
        event = event_of(record.headers or (), record.value)
    except ValueError as error:
        event = str(error) if type(error) is ValueError else "an attribute that is no text"
    return Message(place, record.offset, (record.key or b"").decode("ascii", "replace"), event)


@contextmanager
def met(cluster: Cluster) -> Iterator[None]:
    """The same, where they are met first: a door that stays closed is a Stop at once."""
    for server in cluster.servers:
        if (why := closed(server, cluster.options)) is not None:
            raise Stop(f"the broker {server} {why}")
    with told(cluster):
        yield


@contextmanager
def told(cluster: Cluster) -> Iterator[None]:
    """kafka-python's errors as ours: what may pass is a Retry, a closed door a Stop. It names brokers and kind."""
    try:
        yield
    except _CLOSED as error:
        raise Stop(_refused(cluster, type(error).__name__)) from None
    except errors.KafkaConfigurationError:
        raise Stop("kafka.yaml has a setting that kafka-python does not take") from None
    except errors.KafkaError as error:
        # Who may look at a topic and write to none gets no producer's number: kafka-python tells it in words alone.
        if closed_by := _IN_WORDS.search(repr(error)):
            raise Stop(_refused(cluster, closed_by[0])) from None
        raise Retry(f"the broker ({', '.join(cluster.servers)}) is not there: {type(error).__name__}") from None
    except OSError as error:
        raise Retry(f"the broker ({', '.join(cluster.servers)}) is not there: {error.strerror}") from None


def _refused(cluster: Cluster, error: str) -> str:
    return f"the broker ({', '.join(cluster.servers)}) does not let us: {error}"
