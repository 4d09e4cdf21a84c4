"""Changes → planned events: versions, ids, what is said. One writer a delivery; its sealer makes them stored ones."""

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from hub.events import EVENTS
from hub.events.facts import StatedFact
from hub.events.record import RecordRetracted
from hub.log.reconcile import HASH_BYTES, PURPOSE, Change, Head, Said, content_hash, event_name
from hub.log.sealed import Planned, Sealer, body
from hub.log.store import Stored
from hub.vault.subjects import Subject

ABOUT_PLANS = "plan."
ID_BYTES = 16
BLOCK = 65_536


class Beginning(NamedTuple):
    """A record that is stated for the first time: the stream it gets, its scope, its facts, and whom it is about."""

    stream: int
    scope: int
    facts: Sequence[StatedFact]
    subject: Subject | None


class Writer:
    """Plans the events of one delivery, and seals them a chunk at a time when they are taken away."""

    def __init__(self, *, tenant: str, country: str, dataset: str, month: str) -> None:
        self._dataset = dataset
        self._sealer = Sealer(tenant=tenant, country=country, month=month)
        self._planned: list[Planned] = []
        self._random, self._drawn = b"", 0

    def take(self) -> tuple[list[Stored], list[bytes]]:
        """The events planned since the last call, as they are stored, and their leaves in the log's tree."""
        planned, self._planned = self._planned, []
        return self._sealer.seal(planned)

    def begin(self, beginnings: Sequence[Beginning]) -> list[Head]:
        """The first facts of new streams; their heads afterwards. One loop without a call of ours, for bulk."""
        dataset, hashed, plan = self._dataset, blake2b, self._planned.append
        about = f'{{"dataset":"{dataset}","subject":"%b","data":%b}}'.encode()
        drawn = secrets.token_bytes(ID_BYTES * sum(len(facts) for _, _, facts, _ in beginnings))
        at = 0
        heads = []
        for stream, scope, facts, subject in beginnings:
            key, whose = (subject.data_key, subject.subject.hex()) if subject else (b"", "")
            said = []
            version = 0
            for fact in facts:
                topic, part, data = fact
                version += 1
                event_id = drawn[at : at + ID_BYTES]
                at += ID_BYTES
                # The common case of `body`, spelled out.
                plain = body(dataset, whose, part, data) if part or not whose else about % (whose.encode(), data)
                plan(Planned(stream, version, topic, event_id, plain, subject))
                if topic in EVENTS:
                    content = hashed(data, digest_size=HASH_BYTES, key=key, person=PURPOSE[topic]).digest()
                else:
                    content = content_hash(fact, key)
                said.append(Said(event_name(topic), part, content, event_id))
            heads.append(Head(stream, version, scope, subject.key if subject else None, tuple(said)))
        return heads

    def write(self, head: Head, changes: Sequence[Change], kept: tuple[Said, ...], subject: Subject | None) -> Head:
        """Append the changes to a stream; its head afterwards."""
        version = head.version
        said = list(kept)
        whose = subject.subject.hex() if subject else ""
        for fact, content, before in changes:
            version += 1
            event_id = self._id()
            if fact is None:
                topic, plain = RecordRetracted.topic(), self._retraction(before)
                self._planned.append(Planned(head.stream, version, topic, event_id, plain, None))
                continue
            topic, part, data = fact
            name = event_name(topic)
            corrected = (before.id.hex(), _reason(name)) if before else ("", "")
            plain = body(self._dataset, whose, part, data, *corrected)
            self._planned.append(Planned(head.stream, version, topic, event_id, plain, subject))
            said.append(Said(name, part, content, event_id))
        return Head(head.stream, version, head.scope, subject.key if subject else None, tuple(said))

    def _retraction(self, before: Said | None) -> bytes:
        if before is None:
            raise ValueError("nothing to retract")
        part = {"part": before.part} if before.part else {}
        data = {"retracts": before.id.hex(), "fact": before.event, "reason": "NO_LONGER_STATED", **part}
        return body(self._dataset, "", "", msgspec.json.encode(data))

    def _id(self) -> bytes:
        """A random id, drawn from the system in blocks."""
        if self._drawn == len(self._random):
            self._random, self._drawn = secrets.token_bytes(BLOCK), 0
        self._drawn += ID_BYTES
        return self._random[self._drawn - ID_BYTES : self._drawn]


def _reason(name: str) -> str:
    """A plan that says otherwise was changed on purpose; any other record is stated anew."""
    return "AMENDED" if name.startswith(ABOUT_PLANS) else "RESTATED"
