"""How an event stands in the log: a clear header, then either clear data or ciphertext of one size a type.

In clear: position, stream, type and version, random id, country, tenant, month and key handle. The rest — whose it is,
which part of the record, what it corrects, and every fact — is AES-256-GCM under the subject's data key, with all that
stands in clear as associated data.
"""

import secrets
import struct
from collections.abc import Callable, Iterator
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Stop
from hub.events import MODELS
from hub.log.store import Stored
from hub.vault.subjects import Subject

NONCE_BYTES = 12
SIZES = {topic: model.sealed_bytes for topic, model in MODELS.items()}
"""Bytes of a sealed event by its type, whatever it says (multiples of it for the rare larger one)."""
OPEN_KEYS = 40_000
"""Data keys of one delivery that stay ready from chunk to chunk: to set one up takes longer than to seal with it."""
DRAWN = struct.Struct(f"16s{NONCE_BYTES}s")
"""What is random of an event: its id, and the nonce that it is sealed with."""
BLOCK = 2_048
ID_MARK, KEY_MARK = "i" * 32, "k" * 16


class Clear(msgspec.Struct, frozen=True, omit_defaults=True):
    """The header, as everybody with the log may read it. `month` is when the hub learned of it.

    `key` is the vault's handle of the data key, 16 hex digits.
    """

    id: str
    tenant: str
    country: str
    month: str
    key: str = ""


Seal = Callable[[str, int, str, bytes, Subject | None], bytes]
"""Seals an event, given by its stream (32 hex digits), version, topic, inside, and whose key. Answers its random id."""


def sealing(*, tenant: str, country: str, month: str, events: list[Stored], leaves: list[bytes]) -> Seal:
    """What seals the events of one delivery: appends each as it is stored, and its leaf in the log's tree (tiles.py).

    Their headers are alike but for two ids of fixed length. One function and its own variables: most of a receiver's
    time goes here.
    """
    personal, public = _headers(tenant, country, month)
    keep, keep_leaf, hashed, drawn = events.append, leaves.append, sha256, _drawn()
    seals: dict[int, Callable[[bytes, bytes, bytes], bytes]] = {}

    def seal(stream: str, version: int, topic: str, plain: bytes, subject: Subject | None) -> bytes:
        event_id, nonce = next(drawn)
        bound = f"{stream}|{version}|{topic}".encode()
        if subject is None:
            state = public % (event_id.hex().encode(), plain)
        else:
            encrypt = seals.get(subject.key)
            if encrypt is None:
                if len(seals) >= OPEN_KEYS:
                    seals.clear()
                encrypt = seals[subject.key] = AESGCM(subject.data_key).encrypt
            header = personal % (event_id.hex().encode(), subject.key)
            # Padded with spaces, which JSON does not mind.
            size = SIZES[topic]
            padded = plain.ljust(size if len(plain) <= size else -(-len(plain) // size) * size)
            state = header + nonce + encrypt(nonce, padded, header + bound)
        keep((stream, version, topic, state))
        keep_leaf(hashed(b"\0%b|%b" % (bound, state)).digest())
        return event_id

    return seal


def _headers(tenant: str, country: str, month: str) -> tuple[bytes, bytes]:
    """The headers of a delivery's personal and public events, as forms for id and key handle, and for id and inside."""
    before_id, rest = _header(Clear(ID_MARK, tenant, country, month, KEY_MARK)).split(ID_MARK.encode())
    before_key, after_key = rest.split(KEY_MARK.encode())
    personal = b"%b%%b%b%%016x%b" % (before_id, before_key, after_key)
    before_id, after_id = _header(Clear(ID_MARK, tenant, country, month)).split(ID_MARK.encode())
    return personal, b"%b%%b%b%%b" % (before_id, after_id)


def _drawn() -> Iterator[tuple[bytes, bytes]]:
    """Random ids and nonces, drawn from the system in blocks."""
    while True:
        yield from DRAWN.iter_unpack(secrets.token_bytes(DRAWN.size * BLOCK))


def body(dataset: str, subject: str, part: str, data: bytes, corrects: str = "", reason: str = "") -> bytes:
    """The JSON text of an event's inside. `data` is the fact's own canonical JSON, taken as it is.

    `corrects` is the id of the event that this one takes the place of.
    """
    said = f'{{"dataset":"{dataset}"'
    if subject:
        said += f',"subject":"{subject}"'
    if part:
        said += f',"part":"{part}"'
    if corrects:
        said += f',"corrects":"{corrects}","reason":"{reason}"'
    return b'%b,"data":%b}' % (said.encode(), data)


def place_of(stream: str, version: int, topic: str) -> bytes:
    """Where an event stands. Part of the associated data: a swapped event does not open."""
    return f"{stream}|{version}|{topic}".encode()


def split(state: bytes) -> tuple[Clear, bytes, bytes]:
    """Header, its bytes as stored, and the rest."""
    end = 2 + int.from_bytes(state[:2], "big")
    return _CLEAR.decode(state[2:end]), state[:end], state[end:]


def open_body(rest: bytes, key: AESGCM, header: bytes, place: bytes) -> bytes:
    """The JSON text of a sealed event. Raises Stop when header, place or ciphertext were changed."""
    try:
        return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + place)
    except InvalidTag:
        raise Stop("an event does not open under its subject's key: the log was changed") from None


def _header(header: Clear) -> bytes:
    raw = msgspec.json.encode(header)
    return len(raw).to_bytes(2, "big") + raw


_CLEAR: msgspec.json.Decoder[Clear] = msgspec.json.Decoder(Clear)
