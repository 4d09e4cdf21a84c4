"""Changes → stored events: versions, ids, seals. One writer a delivery; it holds what a chunk's events have in common."""

import secrets
from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import StoredEvent

from hub.events.record import RecordRetracted
from hub.log.reconcile import Change, Head, Said, event_name
from hub.log.sealed import NONCE_BYTES, Clear, Inner, body, clear_bytes, place_of, random_ids, seal_body
from hub.vault.subjects import Subject

ABOUT_PLANS = "plan."


class Writer:
    """Makes the events of one delivery. `events` collects them; the receiver takes them away a chunk at a time."""

    def __init__(self, *, tenant: str, country: str, dataset: str, month: str) -> None:
        self._tenant, self._country, self._dataset, self._month = tenant, country, dataset, month
        self._keys: dict[bytes, AESGCM] = {}
        self.events: list[StoredEvent] = []

    def take(self) -> list[StoredEvent]:
        """The events made since the last call."""
        made, self.events = self.events, []
        self._keys.clear()
        return made

    def write(self, head: Head, changes: Iterable[Change], kept: tuple[Said, ...], subject: Subject | None) -> Head:
        """Append the changes to a stream; its head afterwards."""
        version = head.version
        facts = list(kept)
        changes = list(changes)
        for change, event_id in zip(changes, random_ids(len(changes)), strict=True):
            version += 1
            if change.fact is None:
                self._retract(head.stream, version, event_id, change)
                continue
            topic, part, data = change.fact
            before = change.before
            inner = Inner(
                self._dataset,
                subject.subject.hex() if subject else "",
                part,
                before.id if before else "",
                _reason(topic) if before else "",
            )
            self._store(head.stream, version, topic, event_id, body(inner, data), subject)
            facts.append(Said(event_name(topic), part, change.content, event_id))
        key_id = subject.key_id if subject else None
        return Head(head.stream, version, head.scope, key_id, tuple(sorted(facts)))

    def _retract(self, stream: str, version: int, event_id: str, change: Change) -> None:
        assert change.before is not None
        data: dict[str, str] = {
            "retracts": change.before.id,
            "fact": change.before.event,
            "reason": "NO_LONGER_STATED",
        }
        if change.before.part:
            data["part"] = change.before.part
        plain = body(Inner(self._dataset), msgspec.json.encode(data))
        self._store(stream, version, RecordRetracted.topic(), event_id, plain, None)

    def _store(
        self, stream: str, version: int, topic: str, event_id: str, plain: bytes, subject: Subject | None
    ) -> None:
        handle = subject.key_id.hex() if subject else ""
        header = clear_bytes(Clear(event_id, self._tenant, self._country, self._month, handle))
        if subject is None:
            state = header + plain
        else:
            key = self._keys.get(subject.key_id)
            if key is None:
                key = self._keys[subject.key_id] = AESGCM(subject.data_key)
            place = place_of(stream, version, topic)
            state = seal_body(plain, key, header, place, secrets.token_bytes(NONCE_BYTES))
        self.events.append(StoredEvent(stream, version, topic, state))


def _reason(topic: str) -> str:
    """A plan that says otherwise was changed on purpose; any other record is stated anew."""
    return "AMENDED" if event_name(topic).startswith(ABOUT_PLANS) else "RESTATED"
