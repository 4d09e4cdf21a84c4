"""What a partner states now, against what its stream already says: only the difference becomes events.

Contents are compared by a hash keyed with the subject's data key: the comparison opens nothing, and dies with the key.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from hub.events.wire import StatedFact

HASH_BYTES = 16


class Said(NamedTuple):
    """A fact that a stream says at present: which event, which part, its content hash, and the event's id."""

    event: str
    part: str
    content: bytes
    id: str


class Head(NamedTuple):
    """A stream as it stands. `facts` are those it says now; retracted ones are gone from here, not from the log."""

    stream: str
    version: int
    scope: int
    key_id: bytes | None
    facts: tuple[Said, ...]


class Change(NamedTuple):
    """One event to append. `fact` None: a retraction of `before`. `before` None: a new fact. Both: a correction."""

    fact: StatedFact | None
    content: bytes
    before: Said | None


def content_hash(data: bytes, data_key: bytes) -> bytes:
    """Keyed BLAKE2b of a fact's canonical JSON. An empty key is for facts that are in clear anyway."""
    return blake2b(data, digest_size=HASH_BYTES, key=data_key, person=b"vsh-content").digest()


def event_name(topic: str) -> str:
    """`vs.contact.held.v1` → `contact.held`: a new version of an event is still the same fact."""
    return topic[3 : topic.rindex(".v")]


def differences(
    said: Sequence[Said], stated: Sequence[StatedFact], data_key: bytes, *, whole: bool
) -> tuple[list[Change], tuple[Said, ...]]:
    """The changes, and the facts that were said before and still hold.

    `whole`: the statement is all there is, so a fact it leaves out is retracted. Otherwise silence changes nothing.
    """
    if not said:
        return [Change(fact, content_hash(fact.data, data_key), None) for fact in stated], ()
    before = {(fact.event, fact.part): fact for fact in said}
    changes: list[Change] = []
    kept: list[Said] = []
    for fact in stated:
        content = content_hash(fact.data, data_key)
        old = before.pop((event_name(fact.topic), fact.part), None)
        if old is not None and old.content == content:
            kept.append(old)
        else:
            changes.append(Change(fact, content, old))
    if whole:
        changes += [Change(None, b"", old) for old in before.values()]
    else:
        kept += before.values()
    return changes, tuple(kept)


def pack_facts(facts: Sequence[Said]) -> bytes:
    """A head's facts as MessagePack."""
    return msgspec.msgpack.encode(facts)


def unpack_facts(packed: bytes) -> tuple[Said, ...]:
    """The inverse of `pack_facts`."""
    return _FACTS.decode(packed)


_FACTS: msgspec.msgpack.Decoder[tuple[Said, ...]] = msgspec.msgpack.Decoder(tuple[Said, ...])
