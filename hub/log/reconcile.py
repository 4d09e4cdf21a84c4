"""What a partner states now, against what its stream already says: only the difference becomes events.

Contents are compared by a hash keyed with the subject's data key: the comparison opens nothing, and dies with the key.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import repeat
from typing import NamedTuple

import msgspec

from hub.events import EVENTS, MODELS
from hub.events.facts import StatedFact
from hub.events.upcasters import as_newest

HASH_BYTES = 16
PURPOSE = {topic: b"vsh-content%d" % model.version for topic, model in MODELS.items()}
"""What the key is used for here (BLAKE2's personalisation), by version: one text may say two things in two of them."""


class Said(NamedTuple):
    """A fact that a stream says at present: which event, which part, its content hash, and the event's id."""

    event: str
    part: str
    content: bytes
    id: bytes


class Head(NamedTuple):
    """A stream as it stands. `facts` are those it says now; retracted ones are gone from here, not from the log.

    `key` is the handle of the data key of the person it is about, None for a record about nobody.
    """

    stream: int
    version: int
    scope: int
    key: int | None
    facts: tuple[Said, ...]


HeadRow = tuple[int, int, int, int | None, bytes]
"""A head as it is stored: its facts packed."""


class Change(NamedTuple):
    """One event to append. `fact` None: a retraction of `before`. `before` None: a new fact. Both: a correction."""

    fact: StatedFact | None
    content: bytes
    before: Said | None


def content_hash(fact: StatedFact, data_key: bytes) -> bytes:
    """Keyed BLAKE2b of what a fact says in its event's newest version. An empty key is for facts in clear anyway."""
    return _hash(as_newest(fact), data_key)


def _hash(fact: StatedFact, data_key: bytes) -> bytes:
    return blake2b(fact.data, digest_size=HASH_BYTES, key=data_key, person=PURPOSE[fact.topic]).digest()


def _still(old: Said, fact: StatedFact, content: bytes, data_key: bytes) -> bool:
    """Whether a fact says what was said. Its version may have been the newest when that was hashed."""
    return old.content == content or (fact.topic not in EVENTS and old.content == _hash(fact, data_key))


def _same(old: Said, fact: StatedFact, content: bytes, data_key: bytes) -> bool:
    """Whether a fact is the one that was said, and says what was said."""
    return old.event == event_name(fact.topic) and old.part == fact.part and _still(old, fact, content, data_key)


@cache
def event_name(topic: str) -> str:
    """`vs.contact.held.v1` → `contact.held`: a new version of an event is still the same fact."""
    return topic[3 : topic.rindex(".v")]


def differences(
    said: Sequence[Said], stated: Sequence[StatedFact], data_key: bytes, *, whole: bool
) -> tuple[list[Change], tuple[Said, ...]]:
    """The changes, and the facts that were said before and still hold.

    `whole`: the statement is all there is, so a fact it leaves out is retracted. Otherwise silence changes nothing.
    """
    contents = [content_hash(fact, data_key) for fact in stated]
    if not said:
        return [Change(fact, content, None) for fact, content in zip(stated, contents, strict=True)], ()
    if len(said) == len(stated) and all(map(_same, said, stated, contents, repeat(data_key))):
        return [], tuple(said)
    before = {(fact.event, fact.part): fact for fact in said}
    changes: list[Change] = []
    kept: list[Said] = []
    for fact, content in zip(stated, contents, strict=True):
        old = before.pop((event_name(fact.topic), fact.part), None)
        if old is not None and _still(old, fact, content, data_key):
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


@lru_cache(maxsize=4_096)
def packed_fact(topic: str, part: str) -> bytes:
    """How `pack_facts` writes one fact: a form for its content hash and its event's id."""
    nothing = bytes(HASH_BYTES)
    packed = pack_facts((Said(event_name(topic), part, nothing, nothing),))[1:]
    return packed.replace(b"%", b"%%").replace(nothing, b"%b")


def packed_facts(packed: Sequence[bytes]) -> bytes:
    """What `pack_facts` makes of facts that are packed already."""
    count = len(packed)
    return (bytes((0x90 | count,)) if count < 16 else b"\xdc" + count.to_bytes(2, "big")) + b"".join(packed)


def unpack_facts(packed: bytes) -> tuple[Said, ...]:
    """The inverse of `pack_facts`."""
    return _FACTS.decode(packed)


_FACTS: msgspec.msgpack.Decoder[tuple[Said, ...]] = msgspec.msgpack.Decoder(tuple[Said, ...])
