"""The broker: messages that are on its disk before we go on, and messages from where the log says we were.

The only file of the transport that knows kafka-python. Its errors become ours, and none of its words are told.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import kafka
from kafka import errors
from kafka.admin import NewTopic
from kafka.structs import OffsetAndMetadata, TopicPartition

from hub.errors import Retry, Stop
from hub.events.cloudevent import CloudEvent, event_of, headers_of
from hub.transport.arrivals import SEALED, Place

IN_FLIGHT = 64
"""Messages that wait for the broker's word at most: sixteen megabytes."""
FETCH = 32 * SEALED
LONGEST_STEP = 30 * 60
"""Seconds that applying one delivery may take before another receiver is given its partition."""
RETENTION_DAYS = 7
"""Of a topic that this makes. Sealed or not, what was received has no business on a broker (docs/kafka.md)."""
_CLOSED = (errors.AuthorizationError, errors.SaslAuthenticationFailedError, errors.UnsupportedSaslMechanismError)


class Cluster(NamedTuple):
    """Brokers by host and port, and how to speak with them: kafka-python's names. It may hold a password: not shown."""

    servers: tuple[str, ...]
    options: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Cluster({', '.join(self.servers)})"


class Message(NamedTuple):
    """What stands at an offset of a place; `event` is a sentence instead where it is no CloudEvent."""

    place: Place
    offset: int
    key: str
    event: CloudEvent | str


@contextmanager
def sending(cluster: Cluster) -> Iterator[Callable[[str, str, Iterable[CloudEvent]], int]]:
    """A way to send events to a topic, under a key: it returns their number when all are on brokers' disks."""
    with _told(cluster):
        producer = kafka.KafkaProducer(
            bootstrap_servers=list(cluster.servers),
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            metrics_enabled=False,
            max_request_size=2 * SEALED,
            **cluster.options,
        )
    try:
        yield lambda topic, key, events: _send(cluster, producer, topic, key, events)
    finally:
        producer.close(timeout=5)


def _send(cluster: Cluster, producer: Any, topic: str, key: str, events: Iterable[CloudEvent]) -> int:
    waiting: deque[Any] = deque()
    sent = 0
    for event in events:
        with _told(cluster):
            waiting.append(producer.send(topic, event.data, key=key.encode(), headers=headers_of(event)))
            sent += 1
            if len(waiting) >= IN_FLIGHT:
                waiting.popleft().get(timeout=60)
    with _told(cluster):
        producer.flush(timeout=60)
        for future in waiting:
            future.get(timeout=60)
    return sent


class Reader:
    """A consumer of a group. `where` says from which offset a place is read: the log knows, and the broker does not.

    `held` is told which places are read from now on, with the first offset that the broker still has of each.
    """

    def __init__(
        self, cluster: Cluster, pattern: str, group: str, where: Callable[[Place], int | None],
        lost: Callable[[Place], None], gap: Callable[[Place, int, int], None],
    ) -> None:  # fmt: skip
        self._cluster, self._where, self._lost, self._gap = cluster, where, lost, gap
        self._next: dict[Place, int] = {}
        with _told(cluster):
            self._consumer = kafka.KafkaConsumer(
                bootstrap_servers=list(cluster.servers),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                metadata_max_age_ms=5_000,
                max_poll_interval_ms=LONGEST_STEP * 1000,
                max_partition_fetch_bytes=FETCH,
                **cluster.options,
            )
            self._consumer.subscribe(pattern=pattern)

    @property
    def placed(self) -> bool:
        """Whether it reads anything."""
        return bool(self._next)

    def read(self, seconds: float) -> list[Message]:
        """The messages that came, in each place in their order. Those of a place that is new here come next time."""
        with _told(self._cluster):
            found = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=IN_FLIGHT)
            held = {Place(*each): each for each in self._consumer.assignment()}
            for place in [place for place in self._next if place not in held]:
                del self._next[place]
                self._lost(place)
            new = {place: each for place, each in held.items() if place not in self._next}
            if new:
                self._place(new)
        messages = [_message(each) for records in found.values() for each in records]
        return [each for each in messages if each.place not in new and self._follows(each)]

    def commit(self, places: Mapping[Place, int]) -> None:
        """Tell the broker how far the log is. Only a hint: it is not told where another receiver has a place by now."""
        offsets = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in places.items()}
        try:
            self._consumer.commit(offsets)
        except (errors.CommitFailedError, errors.IllegalGenerationError, errors.RebalanceInProgressError,
                errors.UnknownMemberIdError, errors.KafkaTimeoutError):  # fmt: skip
            return

    def close(self) -> None:
        """Leave the group, so that others need not wait for us."""
        self._consumer.close(autocommit=False, timeout_ms=5_000)

    def _place(self, new: Mapping[Place, Any]) -> None:
        begins = self._consumer.beginning_offsets(list(new.values()))
        ends = self._consumer.end_offsets(list(new.values()))
        for place, each in new.items():
            wanted = self._where(place)
            start = begins[each] if wanted is None else wanted
            if start > ends[each] or start < begins[each]:
                self._gap(place, start, begins[each])
                start = begins[each]
            self._consumer.seek(each, start)
            self._next[place] = start

    def _follows(self, message: Message) -> bool:
        """Whether a message is none of those before the place where we are. One after a hole is, and that is told."""
        expected = self._next[message.place]
        if message.offset < expected:
            return False
        if message.offset > expected:
            self._gap(message.place, expected, message.offset)
        self._next[message.place] = message.offset + 1
        return True


def messages(cluster: Cluster, topic: str, seconds: float, *, after: int = 0) -> Iterator[Message]:
    """All that stands in a topic now, in no group, from an offset on. None for a topic that is not there."""
    with _told(cluster):
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=list(cluster.servers), enable_auto_commit=False, allow_auto_create_topics=False,
            metrics_enabled=False, max_partition_fetch_bytes=FETCH, **cluster.options,
        )  # fmt: skip
    try:
        with _told(cluster):
            places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
            ends = consumer.end_offsets(places) if places else {}
            begins = consumer.beginning_offsets(places) if places else {}
            consumer.assign(places)
            for each in places:
                consumer.seek(each, max(begins[each], min(after, ends[each])))
        while any(consumer.position(each) < ends[each] for each in places):
            with _told(cluster):
                found = consumer.poll(timeout_ms=int(seconds * 1000))
            for records in found.values():
                yield from map(_message, records)
    finally:
        consumer.close(autocommit=False)


def make_topics(cluster: Cluster, names: Iterable[str], *, copies: int, kept: Collection[str] = ()) -> list[str]:
    """Make topics of one partition, so that what a partner sends keeps its order. Those that were not there.

    `kept`: those of them that keep what they hold for ever.
    """
    with _told(cluster):
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


def _message(record: Any) -> Message:
    place = Place(record.topic, record.partition)
    event: CloudEvent | str
    try:
        event = event_of(record.headers or (), record.value)
    except ValueError as error:
        event = str(error) if type(error) is ValueError else "an attribute that is no text"
    return Message(place, record.offset, (record.key or b"").decode("ascii", "replace"), event)


@contextmanager
def _told(cluster: Cluster) -> Iterator[None]:
    """kafka-python's errors as ours: what may pass is a Retry, a closed door a Stop. It names brokers and kind."""
    try:
        yield
    except _CLOSED as error:
        raise Stop(f"the broker ({', '.join(cluster.servers)}) does not let us: {type(error).__name__}") from None
    except errors.KafkaConfigurationError:
        raise Stop("kafka.yaml has a setting that kafka-python does not take") from None
    except errors.KafkaError as error:
        raise Retry(f"the broker ({', '.join(cluster.servers)}) is not there: {type(error).__name__}") from None
    except OSError as error:
        raise Retry(f"the broker ({', '.join(cluster.servers)}) is not there: {error.strerror}") from None
