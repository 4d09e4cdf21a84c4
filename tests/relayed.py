"""What a relay wrote to a topic of a test's own, read as any other consumer reads it."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import kafka
from kafka.structs import TopicPartition

from hub.cli.relaying import keep_up
from hub.events import MODELS
from hub.events.cloudevent import CloudEvent, event_of
from hub.events.public import PUBLIC
from hub.log.sealed import split
from hub.transport.kafka import Cluster, make_topics
from tests.broker import cluster
from tests.pipe import Pipe, open_pipe, quiet

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


@contextmanager
def open_out(folder: Path, engine: str = "sqlite") -> Iterator[Out]:
    """An installation below a folder, and its topic."""
    topic = f"vs.public.{secrets.token_hex(5)}"
    make_topics(cluster(), [topic], copies=1, kept=(topic,))
    with open_pipe(folder, engine) as pipe:
        yield Out(pipe, cluster(), topic)
