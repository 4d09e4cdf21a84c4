"""Changes → sealed events: versions, ids, what is said. One writer a delivery."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from hub.events import EVENTS
from hub.events.facts import StatedFact
from hub.events.record import RecordRetracted
from hub.log.reconcile import (
    HASH_BYTES,
    PURPOSE,
    Change,
    Head,
    HeadRow,
    Said,
    content_hash,
    event_name,
    packed_fact,
    packed_facts,
)
from hub.log.sealed import body, sealing
from hub.log.store import Stored
from hub.vault.subjects import Subject

ABOUT_PLANS = ("plan.", "programme.", "instrument.", "framework.recommended", "framework.gapfound")


class Beginning(NamedTuple):
    """A record that is stated for the first time: the stream it gets, its scope, its facts, and whom it is about."""

    stream: int
    scope: int
    facts: Sequence[StatedFact]
    subject: Subject | None


class Writer:
    """Writes the events of one delivery, sealed, until they are taken away a chunk at a time."""

    def __init__(self, *, tenant: str, country: str, dataset: str, month: str) -> None:
        self._dataset = dataset
        self._events: list[Stored] = []
        self._leaves: list[bytes] = []
        self._seal = sealing(tenant=tenant, country=country, month=month, events=self._events, leaves=self._leaves)

    def take(self) -> tuple[list[Stored], list[bytes]]:
        """The events since the last call, as they are stored, and their leaves in the log's tree."""
        taken = self._events.copy(), self._leaves.copy()
        self._events.clear()
        self._leaves.clear()
        return taken

    def begin(self, beginnings: Iterable[Beginning]) -> list[HeadRow]:
        """The first facts of new streams; the rows of their heads. What `write` does, with no object an event."""
        dataset, hashed, seal = self._dataset, blake2b, self._seal
        about = f'{{"dataset":"{dataset}","subject":"%b","data":%b}}'.encode()
        rows = []
        for stream, scope, facts, subject in beginnings:
            handle, whose, key = (subject.key, subject.subject.hex(), subject.data_key) if subject else (None, "", b"")
            named, version, said = f"{stream:032x}", 0, []
            for fact in facts:
                topic, part, data = fact
                version += 1
                # The common case of `body`, spelled out.
                plain = body(dataset, whose, part, data) if part or not whose else about % (whose.encode(), data)
                event_id = seal(named, version, topic, plain, subject)
                if topic in EVENTS:
                    content = hashed(data, digest_size=HASH_BYTES, key=key, person=PURPOSE[topic]).digest()
                else:
                    content = content_hash(fact, key)
                said.append(packed_fact(topic, part) % (content, event_id))
            rows.append((stream, version, scope, handle, packed_facts(said)))
        return rows

    def write(self, head: Head, changes: Sequence[Change], kept: tuple[Said, ...], subject: Subject | None) -> Head:
        """Append the changes to a stream; its head afterwards."""
        version, named = head.version, f"{head.stream:032x}"
        said = list(kept)
        whose = subject.subject.hex() if subject else ""
        for fact, content, before in changes:
            version += 1
            if fact is None:
                self._seal(named, version, RecordRetracted.topic(), self._retraction(before), None)
                continue
            topic, part, data = fact
            name = event_name(topic)
            corrected = (before.id.hex(), _reason(name)) if before else ("", "")
            plain = body(self._dataset, whose, part, data, *corrected)
            said.append(Said(name, part, content, self._seal(named, version, topic, plain, subject)))
        return Head(head.stream, version, head.scope, subject.key if subject else None, tuple(said))

    def _retraction(self, before: Said | None) -> bytes:
        if before is None:
            raise ValueError("nothing to retract")
        part = {"part": before.part} if before.part else {}
        data = {"retracts": before.id.hex(), "fact": before.event, "reason": "NO_LONGER_STATED", **part}
        return body(self._dataset, "", "", msgspec.json.encode(data))


def _reason(name: str) -> str:
    """A plan that says otherwise was changed on purpose; any other record is stated anew."""
    return "AMENDED" if name.startswith(ABOUT_PLANS) else "RESTATED"
