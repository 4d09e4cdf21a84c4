"""Changes → stored events: versions, ids, seals. One writer a delivery; it holds what its events have in common."""

from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.events.record import RecordRetracted
from hub.log.reconcile import Change, Head, Said, event_name
from hub.log.sealed import NONCE_BYTES, Headers, Inner, Randomness, body, place_of, seal_body
from hub.vault.subjects import Subject

ABOUT_PLANS = "plan."
Stored = tuple[str, int, str, bytes]
"""Stream, version, topic, state: an event as the recorder's table has it."""


class Writer:
    """Makes the events of one delivery. The receiver takes them away a chunk at a time."""

    def __init__(self, *, tenant: str, country: str, dataset: str, month: str) -> None:
        self._dataset = dataset
        self._headers = Headers(tenant=tenant, country=country, month=month)
        self._random = Randomness()
        self._keys: dict[bytes, AESGCM] = {}
        self._events: list[Stored] = []

    def take(self) -> list[Stored]:
        """The events made since the last call."""
        made, self._events = self._events, []
        self._keys = {}
        return made

    def write(self, head: Head, changes: Sequence[Change], kept: tuple[Said, ...], subject: Subject | None) -> Head:
        """Append the changes to a stream; its head afterwards."""
        version = head.version
        facts = list(kept)
        whose = subject.subject.hex() if subject else ""
        for fact, content, before in changes:
            version += 1
            event_id = self._random.take(16).hex()
            if fact is None:
                self._retract(head.stream, version, event_id, before)
                continue
            topic, part, data = fact
            name = event_name(topic)
            corrects, reason = (before.id, _reason(name)) if before else ("", "")
            plain = body(Inner(self._dataset, whose, part, corrects, reason), data)
            self._store(head.stream, version, topic, event_id, plain, subject)
            facts.append(Said(name, part, content, event_id))
        return Head(head.stream, version, head.scope, subject.key_id if subject else None, tuple(facts))

    def _retract(self, stream: str, version: int, event_id: str, before: Said | None) -> None:
        if before is None:
            raise ValueError("nothing to retract")
        part = {"part": before.part} if before.part else {}
        data = {"retracts": before.id, "fact": before.event, "reason": "NO_LONGER_STATED", **part}
        plain = body(Inner(self._dataset), msgspec.json.encode(data))
        self._store(stream, version, RecordRetracted.topic(), event_id, plain, None)

    def _store(
        self, stream: str, version: int, topic: str, event_id: str, plain: bytes, subject: Subject | None
    ) -> None:
        if subject is None:
            self._events.append((stream, version, topic, self._headers.public(event_id) + plain))
            return
        key = self._keys.get(subject.key_id)
        if key is None:
            key = self._keys[subject.key_id] = AESGCM(subject.data_key)
        header = self._headers.personal(event_id, subject.key_id.hex())
        place = place_of(stream, version, topic)
        sealed = seal_body(plain, key, header, place, self._random.take(NONCE_BYTES))
        self._events.append((stream, version, topic, sealed))


def _reason(name: str) -> str:
    """A plan that says otherwise was changed on purpose; any other record is stated anew."""
    return "AMENDED" if name.startswith(ABOUT_PLANS) else "RESTATED"
