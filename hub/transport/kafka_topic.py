"""A topic of one partition that one writer of a name appends to, in transactions: whoever comes later fences it off."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import kafka
from kafka import errors
from kafka.structs import TopicPartition

from hub.errors import Retry, Stop
from hub.events.cloudevent import CloudEvent, event_of, headers_of
from hub.transport.kafka import Cluster, told

IN_FLIGHT = 1_000
"""Events that wait for the broker's word at most."""
LONGEST = 5 * 60 * 1000
"""Milliseconds after which the broker gives up a transaction whose writer was killed, and readers go on."""
LOOK_BACK = 64
"""Offsets in which the last event is looked for first: marks of transactions stand behind it, and what was given up."""
SILENCE = 10
"""Looks without anything new, of a second each, after which a broker is not there."""
_FENCED = (errors.ProducerFencedError, errors.InvalidProducerEpochError)


class OwnedTopic:
    """What `owned` gives: the last event that was committed, and a way to append. `missing`: offsets gone in front."""

    def __init__(self, cluster: Cluster, topic: str, producer: Any, consumer: Any) -> None:
        self._cluster, self._topic, self._producer, self._consumer = cluster, topic, producer, consumer
        self._place = TopicPartition(topic, 0)
        with told(cluster):
            if consumer.partitions_for_topic(topic) != {0}:
                raise Stop(f"{topic} is not a topic of one partition: hub topics makes it")
            consumer.assign([self._place])
            self.missing: int = consumer.beginning_offsets([self._place])[self._place]

    def last(self) -> CloudEvent | None:
        """The last event that was committed. Raises Stop where something was, and all of it is gone."""
        with told(self._cluster):
            end = self._consumer.end_offsets([self._place])[self._place]
            back, begin = LOOK_BACK, end
            while begin > self.missing:
                begin, back = max(self.missing, end - back), back * 8
                if (found := self._last_after(begin, end)) is not None:
                    return _event(self._topic, found)
        if self.missing:
            raise Stop(f"all messages of {self._topic} were deleted: delete the topic, make it anew, and relay again")
        return None

    def append(self, events: Iterable[CloudEvent]) -> int:
        """Append events in one transaction; how many. Raises Stop where another writer of the name has come."""
        with told(self._cluster), _fenced(self._topic):
            self._producer.begin_transaction()
        try:
            sent = self._send(events)
            with told(self._cluster), _fenced(self._topic):
                self._producer.commit_transaction()
        except BaseException:
            with suppress(errors.KafkaError):  # then the broker gives it up, or whoever comes next
                self._producer.abort_transaction()
            raise
        return sent

    def _send(self, events: Iterable[CloudEvent]) -> int:
        waiting: deque[Any] = deque()
        sent = 0
        for event in events:
            with told(self._cluster), _fenced(self._topic):
                key = (event.extension("subject") or "").encode()
                waiting.append(self._producer.send(self._topic, event.data, key, headers_of(event), 0))
                sent += 1
                if len(waiting) >= IN_FLIGHT:
                    waiting.popleft().get(timeout=60)
        with told(self._cluster), _fenced(self._topic):
            self._producer.flush(timeout=60)
            for future in waiting:
                future.get(timeout=60)
        return sent

    def _last_after(self, begin: int, end: int) -> Any:
        last, silent = None, 0
        self._consumer.seek(self._place, begin)
        while (at := self._consumer.position(self._place)) < end:
            found = self._consumer.poll(timeout_ms=1_000)
            last = next((records[-1] for records in found.values()), last)
            silent = silent + 1 if self._consumer.position(self._place) == at else 0
            if silent > SILENCE:
                raise Retry(f"the broker ({', '.join(self._cluster.servers)}) is silent")
        return last


@contextmanager
def owned(cluster: Cluster, topic: str, name: str) -> Iterator[OwnedTopic]:
    """The topic, for one writer of that name: what another one has begun is given up, and it is fenced."""
    servers = {"bootstrap_servers": list(cluster.servers), "allow_auto_create_topics": False, "metrics_enabled": False}
    with _closing(cluster, lambda: kafka.KafkaProducer(
        **servers, transactional_id=name, enable_idempotence=True, acks="all", transaction_timeout_ms=LONGEST,
        max_block_ms=30_000, **cluster.options,
    )) as producer:  # fmt: skip
        with told(cluster), _fenced(topic):
            producer.init_transactions()
        # Only now: what the one before had not committed is gone from here on.
        with _closing(cluster, lambda: kafka.KafkaConsumer(
            **servers, enable_auto_commit=False, isolation_level="read_committed", auto_offset_reset="earliest",
            **cluster.options,
        )) as consumer:  # fmt: skip
            yield OwnedTopic(cluster, topic, producer, consumer)


@contextmanager
def _closing(cluster: Cluster, make: Callable[[], Any]) -> Iterator[Any]:
    with told(cluster):
        client = make()
    try:
        yield client
    finally:
        with suppress(errors.KafkaError):
            if isinstance(client, kafka.KafkaProducer):
                client.close(timeout=5)
            else:
                client.close(autocommit=False, timeout_ms=5_000)


@contextmanager
def _fenced(topic: str) -> Iterator[None]:
    try:
        yield
    except errors.KafkaError as error:
        # kafka-python says it once so, and from then on in the words of an error of no kind.
        if isinstance(error, _FENCED) or any(kind.__name__ in repr((error, error.__cause__)) for kind in _FENCED):
            raise Stop(f"another relay writes to {topic} now: this one ends") from None
        raise


def _event(topic: str, record: Any) -> CloudEvent:
    try:
        return event_of(record.headers or (), record.value)
    except ValueError:
        raise Stop(f"the last message of {topic} is no event: somebody else writes to it") from None
