"""What the hub writes to topics: answers, sealed to the partner; dead letters, sealed to the hub itself."""

import secrets

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.events.cloudevent import CloudEvent
from hub.events.wire import pack, public_key, seal
from hub.log.deliveries import known_receipt
from hub.log.sources import Answer
from hub.log.store import LogStore
from hub.transport import topics
from hub.transport.arrivals import Place

SIZE = 16 * 1024
"""Bytes of a letter before it is sealed: spaces, which JSON does not count, fill it up."""


class DeadLetter(msgspec.Struct, frozen=True):
    """What could not be applied: where it stands, and which rule it breaks. Never what it says."""

    topic: str
    partition: int
    first: int
    last: int
    rule: str
    delivery: str | None = None


def answer(store: LogStore, owed: Answer) -> CloudEvent:
    """The answer to a delivery: its receipt with the proof, as it was given; or the rule that refused it."""
    said = pack({"rule": owed.rule}) if owed.rule else pack(known_receipt(store, owed.delivery))
    to = X25519PublicKey.from_public_bytes(owed.answer_to)
    kind = topics.REFUSED if owed.rule else topics.RECEIPT
    return _letter(kind, said, to, f"{owed.partner}|{owed.delivery}|{kind}")


def wanted() -> CloudEvent:
    """Asks a partner to send again all that it has no answer to. It says nothing else."""
    return CloudEvent(secrets.token_hex(16), topics.HUB, topics.WANTED, b"")


def dead_letter(secret: bytes, place: Place, first: int, last: int, delivery: str | None, rule: str) -> CloudEvent:
    """A dead letter, which the hub alone opens."""
    said = pack(DeadLetter(place.topic, place.partition, first, last, rule, delivery))
    return _letter(topics.DEAD_LETTER, said, public_key(secret), topics.DEAD_LETTER)


def _letter(kind: str, said: bytes, to: X25519PublicKey, context: str) -> CloudEvent:
    size = -(-len(said) // SIZE) * SIZE
    return CloudEvent(secrets.token_hex(16), topics.HUB, kind, seal(said.ljust(size), to, context))
