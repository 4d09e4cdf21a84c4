"""How an event stands in the log: a clear header, then either clear data or ciphertext of one size class.

In clear: position, stream, type and version, random id, country, tenant, month and key handle. The rest — whose it is,
which part of the record, what it corrects, and every fact — is AES-256-GCM under the subject's data key, with all that
stands in clear as associated data.
"""

import secrets
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Stop

NONCE_BYTES = 12
SIZE_CLASS = 512
"""Bytes of every sealed event, whatever it says (multiples of it for the rare larger one)."""
BLOCK = 65_536
ID_MARK, KEY_MARK = "i" * 32, "k" * 32


class Clear(msgspec.Struct, frozen=True, omit_defaults=True):
    """The header, as everybody with the log may read it. `month` is when the hub learned of it. `key`: hex handle."""

    id: str
    tenant: str
    country: str
    month: str
    key: str = ""


class Inner(NamedTuple):
    """What is sealed beside the data. `corrects` is the id of the event this one replaces."""

    dataset: str
    subject: str = ""
    part: str = ""
    corrects: str = ""
    reason: str = ""


class Headers:
    """Headers of one delivery's events. All have one length, so a header is its frame with two ids put in."""

    def __init__(self, *, tenant: str, country: str, month: str) -> None:
        self._before_id, rest = self._frame(Clear(ID_MARK, tenant, country, month, KEY_MARK)).split(ID_MARK.encode())
        self._before_key, self._after_key = rest.split(KEY_MARK.encode())
        public = self._frame(Clear(ID_MARK, tenant, country, month))
        self._before_public_id, self._public = public.split(ID_MARK.encode())

    def personal(self, event_id: str, key: str) -> bytes:
        """The header of an event that is sealed under the key of this handle."""
        return b"".join((self._before_id, event_id.encode(), self._before_key, key.encode(), self._after_key))

    def public(self, event_id: str) -> bytes:
        """The header of an event that stands in clear."""
        return self._before_public_id + event_id.encode() + self._public

    @staticmethod
    def _frame(header: Clear) -> bytes:
        raw = msgspec.json.encode(header)
        return len(raw).to_bytes(2, "big") + raw


def body(inner: Inner, data: bytes) -> bytes:
    """The JSON text of an event's inside. `data` is the fact's own canonical JSON, taken as it is."""
    said = f'{{"dataset":"{inner.dataset}"'
    if inner.subject:
        said += f',"subject":"{inner.subject}"'
    if inner.part:
        said += f',"part":"{inner.part}"'
    if inner.corrects:
        said += f',"corrects":"{inner.corrects}","reason":"{inner.reason}"'
    return said.encode() + b',"data":' + data + b"}"


def seal_body(plain: bytes, key: AESGCM, header: bytes, place: bytes, nonce: bytes) -> bytes:
    """A personal event's state: header, nonce, ciphertext. Padded with spaces, which JSON does not mind."""
    padded = plain.ljust(-(-len(plain) // SIZE_CLASS) * SIZE_CLASS)
    return header + nonce + key.encrypt(nonce, padded, header + place)


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


class Randomness:
    """Random ids and nonces, drawn from the system in blocks."""

    def __init__(self) -> None:
        self._block, self._at = b"", 0

    def take(self, count: int) -> bytes:
        """That many random bytes, used once."""
        if self._at + count > len(self._block):
            self._block, self._at = secrets.token_bytes(BLOCK), 0
        start = self._at
        self._at += count
        return self._block[start : self._at]


_CLEAR: msgspec.json.Decoder[Clear] = msgspec.json.Decoder(Clear)
