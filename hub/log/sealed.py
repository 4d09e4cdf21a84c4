"""How an event stands in the log: a clear header, then either clear data or ciphertext of one size class.

In clear: position, stream, type and version, random id, country, tenant, month and key handle. The rest — whose it is,
which part of the record, what it corrects, and every fact — is AES-256-GCM under the subject's data key, with all that
stands in clear as associated data.
"""

import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Stop
from hub.log.store import Stored
from hub.vault.subjects import Subject

NONCE_BYTES = 12
SIZE_CLASS = 512
"""Bytes of every sealed event, whatever it says (multiples of it for the rare larger one)."""
STREAM_DIGITS = 32
OPEN_KEYS = 40_000
"""Data keys of one delivery that stay ready from chunk to chunk: to set one up takes longer than to seal with it."""
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


class Planned(NamedTuple):
    """An event to be sealed: where it stands, its random id, what it says, and whose key seals it."""

    stream: int
    version: int
    topic: str
    id: bytes
    plain: bytes
    subject: Subject | None


class Sealer:
    """Seals the events of one delivery. Their headers are alike but for two ids of fixed length."""

    def __init__(self, *, tenant: str, country: str, month: str) -> None:
        before_id, rest = _header(Clear(ID_MARK, tenant, country, month, KEY_MARK)).split(ID_MARK.encode())
        before_key, after_key = rest.split(KEY_MARK.encode())
        self._personal = b"%b%%b%b%%016x%b" % (before_id, before_key, after_key)
        before_id, after_id = _header(Clear(ID_MARK, tenant, country, month)).split(ID_MARK.encode())
        self._public = b"%b%%b%b%%b" % (before_id, after_id)
        self._seals: dict[int, Callable[[bytes, bytes, bytes], bytes]] = {}

    def seal(self, planned: Sequence[Planned]) -> tuple[list[Stored], list[bytes]]:
        """The events as they are stored, and their leaves in the log's tree (see tiles.py).

        One loop without a call of ours: this is where most of a receiver's time goes.
        """
        personal, public, hashed = self._personal, self._public, sha256
        events: list[Stored] = []
        leaves: list[bytes] = []
        seals = self._seals
        if len(seals) > OPEN_KEYS:
            seals.clear()
        nonces = secrets.token_bytes(NONCE_BYTES * len(planned))
        for number, (stream, version, topic, event_id, plain, subject) in enumerate(planned):
            place = f"{stream:032x}|{version}|{topic}"
            bound = place.encode()
            if subject is None:
                state = public % (event_id.hex().encode(), plain)
            else:
                encrypt = seals.get(subject.key)
                if encrypt is None:
                    encrypt = seals[subject.key] = AESGCM(subject.data_key).encrypt
                header = personal % (event_id.hex().encode(), subject.key)
                nonce = nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES]
                # Padded with spaces, which JSON does not mind.
                padded = plain.ljust(-(-len(plain) // SIZE_CLASS) * SIZE_CLASS)
                state = header + nonce + encrypt(nonce, padded, header + bound)
            events.append((place[:STREAM_DIGITS], version, topic, state))
            leaves.append(hashed(b"\0%b|%b" % (bound, state)).digest())
        return events, leaves


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
