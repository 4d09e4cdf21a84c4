"""What comes from a broker, to one of a group: from where the log says we were, whatever the broker thinks of it."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import kafka
from kafka import errors
from kafka.structs import OffsetAndMetadata, TopicPartition

from hub.transport.arrivals import Place
from hub.transport.kafka import AT_ONCE, FETCH, PATIENCE, Cluster, Message, message_of, met, opened, told

SESSION = 10_000
"""Milliseconds after which a receiver that says nothing is gone, and another has its places."""
LONGEST_STEP = 30 * 60
"""Seconds that applying one delivery may take before another receiver is given its partition."""
_ANOTHERS = (errors.IllegalGenerationError, errors.UnknownMemberIdError, errors.FencedInstanceIdError)


class _Moves(kafka.ConsumerRebalanceListener):  # type: ignore[misc]
    """Whether the group shared its places anew, also where we are given the same ones again."""

    def __init__(self) -> None:
        self.seen = False

    def on_partitions_revoked(self, _revoked: Any) -> None:
        self.seen = True

    def on_partitions_assigned(self, _assigned: Any) -> None:
        self.seen = True


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
        self._pattern, self._moves = re.compile(pattern), _Moves()
        with met(cluster):
            self._consumer = opened(
                kafka.KafkaConsumer,
                bootstrap_servers=list(cluster.servers),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                metadata_max_age_ms=5_000,
                session_timeout_ms=SESSION,
                heartbeat_interval_ms=SESSION // 4,
                max_poll_interval_ms=LONGEST_STEP * 1000,
                max_partition_fetch_bytes=FETCH,
                **PATIENCE,
                **cluster.options,
            )
            self._consumer.subscribe(pattern=pattern, listener=self._moves)

    @property
    def placed(self) -> bool:
        """Whether it reads anything."""
        return bool(self._next)

    def sees(self) -> bool:
        """Whether there is a topic for it that it may see, be it another receiver's by now."""
        with told(self._cluster):
            return any(map(self._pattern.match, self._consumer.topics()))

    def read(self, seconds: float) -> list[Message]:
        """The messages that came, in each place in their order. Those of a place that is new here come next time."""
        with told(self._cluster):
            found = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=AT_ONCE)
            held = {Place(*each): each for each in self._consumer.assignment()}
            # Shared anew, another receiver may have had a place in between: what we knew of it is not true any more.
            moved, self._moves.seen = self._moves.seen, False
            for place in [place for place in self._next if moved or place not in held]:
                del self._next[place]
                self._lost(place)
            new = {place: each for place, each in held.items() if place not in self._next}
            if new:
                self._place(new)
        messages = [message_of(each) for records in found.values() for each in records]
        return [each for each in messages if each.place not in new and self._follows(each)]

    def commit(self, places: Mapping[Place, int]) -> None:
        """Tell the broker how far the log is. Only a hint: it is not told where another receiver has a place by now."""
        offsets = {TopicPartition(*place): OffsetAndMetadata(offset, "", -1) for place, offset in places.items()}
        with told(self._cluster):
            try:
                self._consumer.commit(offsets, timeout_ms=5_000)
            except (errors.CommitFailedError, errors.RetriableError, *_ANOTHERS):
                return

    def close(self) -> None:
        """Leave the group, so that others need not wait for us."""
        with suppress(errors.KafkaError, OSError):  # who cannot be told finds out
            self._consumer.close(autocommit=False, timeout_ms=5_000)

    def _place(self, new: Mapping[Place, Any]) -> None:
        begins = self._consumer.beginning_offsets(list(new.values()))
        ends = self._consumer.end_offsets(list(new.values()))
        for place, each in new.items():
            start = self._where(place) or 0
            if start > ends[each] or start < begins[each]:
                self._gap(place, start, begins[each])
                start = begins[each]
            if each not in self._consumer.assignment():  # shared anew meanwhile: next time
                continue
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
