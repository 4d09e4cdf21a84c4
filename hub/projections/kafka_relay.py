"""The log's public events as a view that is a topic: messages and place in one transaction, and the place in the topic.

A stream's number and an event's position count what the log holds of people too, and two of them beside each other tell
how many came in between. So `subject` is a keyed hash, and `position` is sealed to the hub.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from secrets import token_bytes
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.errors import Retry, Stop
from hub.events import MODELS, NEWEST
from hub.events.cloudevent import CloudEvent
from hub.events.delivery import DeliveryClosed
from hub.events.public import data_schema, is_public, public_form, stored_types
from hub.events.upcasters import split_topic
from hub.log.sealed import NONCE_BYTES, Clear, split
from hub.log.store import LogStore
from hub.projections.opening import Page, Unfit

JSON = "application/json"
POSITION = "position"
NAME = "public topic"
TOPICS = frozenset(topic for topic, model in MODELS.items() if NEWEST[model.name].topic() in stored_types())
"""Stored types, old versions too, that a relay opens. No other event is looked into."""


class Topic(Protocol):
    """Where public events go: one partition, in order, and read by those alone who read what is committed."""

    def last(self) -> CloudEvent | None:
        """The last event in it; None where there is none."""
        ...

    def append(self, events: Iterable[CloudEvent]) -> int:
        """Append all events, or none of them; how many."""
        ...


class Inside(msgspec.Struct, frozen=True):
    """What a public event says, as it is stored."""

    dataset: str
    data: msgspec.Raw
    part: str = ""
    corrects: str = ""
    reason: str = ""


class KafkaRelay:
    """Satisfies `View`. `secret`: 32 bytes of the hub's, from which what seals places and hides streams is derived."""

    name = NAME

    def __init__(self, store: LogStore, secret: bytes, topic: Topic) -> None:
        self._store, self._topic = store, topic
        self._seal = AESGCM(HKDFExpand(SHA256(), 32, b"vsh/public/position/v1").derive(secret))
        self._streams = HKDFExpand(SHA256(), 32, b"vsh/public/subject/v1").derive(secret)
        last = topic.last()
        self._place = self.topped = 0 if last is None else self._known(last)
        """`topped`: the position of the topic's last event, as it was committed."""
        self._appended = 0

    def place(self) -> int:
        """The position up to which all that is public is in the topic."""
        return self._place

    def taken(self) -> int:
        """How many messages were appended since this was asked last."""
        appended, self._appended = self._appended, 0
        return appended

    def apply(self, pages: Iterable[Page]) -> None:
        """Append the public events of all pages; the last message's position is the place."""
        place, topped = self._place, self.topped

        def events() -> Iterator[CloudEvent]:
            nonlocal place, topped
            for page in pages:
                if page.after != place:
                    raise Retry(f"the {NAME} has moved on: another relay is at work")
                for position, event in self._events(page):
                    topped = position
                    yield event
                place = page.place

        coming = events()
        first = next(coming, None)  # no transaction about nothing: most pages hold nothing public
        if first is not None:
            self._appended += self._topic.append(chain((first,), coming))
        self._place, self.topped = place, topped

    def _events(self, page: Page) -> Iterator[tuple[int, CloudEvent]]:
        found = ((*row, name) for name, columns in page.columns.items() for row in zip(*columns, strict=True))
        for row in sorted(found, key=itemgetter(0)):
            event = self._event(*row)
            if event is not None:
                yield row[0], event

    def _event(
        self, position: int, event_id: bytes, stream: str, version: int, header: Clear, inside: bytes, name: str
    ) -> CloudEvent | None:
        """The public form of an event; None where it says nothing that is public, or nothing that is new."""
        model = NEWEST[name]
        if header.key or model.personal:
            raise Stop(f"the {NAME} was given an event about a person")
        try:
            said = msgspec.json.decode(inside, type=Inside)
            model.model_validate_json(bytes(said.data))
            data = msgspec.json.decode(said.data)
        except ValueError:  # its words may quote what they could not read
            raise Unfit("is not what its schema says") from None
        if not is_public(name, data):
            return None
        corrects, reason = said.corrects, said.reason
        if name == DeliveryClosed.name:
            version, corrects = self._restated(stream, version)
            reason = reason if corrects else ""
            if not version:
                return None
        id_ = event_id.decode()
        told = {
            "subject": blake2b(stream.encode(), digest_size=16, key=self._streams).hexdigest(),
            "dataschema": data_schema(model), "tenant": header.tenant, "country": header.country,
            "streamseq": str(version), "knownmonth": header.month, "part": said.part, "corrects": corrects,
            "reason": reason, POSITION: self._sealed(position, id_),
        }  # fmt: skip
        return CloudEvent(
            id_, f"/{header.tenant}/{said.dataset}", model.topic(), msgspec.json.encode(public_form(name, data)), JSON,
            tuple((attribute, value) for attribute, value in told.items() if value),
        )  # fmt: skip

    def _restated(self, stream: str, version: int) -> tuple[int, str]:
        """Which of a delivery's states a version is, from 1, and the id of the one before; 0 where it is none.

        It is restated whenever its count changes, and that is nobody's business: only another state is told.
        """
        number, before, ids = 0, None, ["", ""]
        for _, _, each, topic, state in self._store.stream(stream):
            if each > version or split_topic(topic)[0] != DeliveryClosed.name or not state:
                continue
            header, _, rest = split(state)
            form = public_form(DeliveryClosed.name, msgspec.json.decode(rest)["data"])
            if form != before:
                number, before, ids = number + 1, form, [ids[1], header.id]
                if each == version:
                    return number, ids[0]
        return 0, ""

    def _sealed(self, position: int, event_id: str) -> str:
        nonce = token_bytes(NONCE_BYTES)
        return b64encode(nonce + self._seal.encrypt(nonce, position.to_bytes(8, "big"), event_id.encode())).decode()

    def _known(self, last: CloudEvent) -> int:
        """The position of the topic's last event. Raises Stop where it is no event of this log."""
        try:
            raw = b64decode(last.extension(POSITION) or "", validate=True)
            position = int.from_bytes(self._seal.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], last.id.encode()), "big")
        except (InvalidTag, ValueError):
            raise Stop(f"the last message of the {NAME} is not this hub's: somebody else writes to it") from None
        rows = self._store.read(position - 1, position, 1)
        if position <= self._store.position() and rows and rows[0][4] and split(rows[0][4])[0].id != last.id:
            raise Stop(f"the {NAME} is of another log, or of this one before it was restored")
        return position
