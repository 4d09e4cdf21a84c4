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


def clear_bytes(header: Clear) -> bytes:
    """The header as JSON, after its length in two bytes."""
    raw = msgspec.json.encode(header)
    return len(raw).to_bytes(2, "big") + raw


def body(inner: Inner, data: bytes) -> bytes:
    """The JSON text of an event's inside. `data` is the fact's own canonical JSON, taken as it is."""
    said = ",".join(f'"{name}":"{value}"' for name, value in zip(Inner._fields, inner, strict=True) if value)
    return b"{" + said.encode() + b',"data":' + data + b"}"


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


def open_body(rest: bytes, data_key: bytes, header: bytes, place: bytes) -> bytes:
    """The JSON text of a sealed event. Raises Stop when header, place or ciphertext were changed."""
    try:
        return AESGCM(data_key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + place)
    except InvalidTag:
        raise Stop("an event does not open under its subject's key: the log was changed") from None


def random_ids(count: int) -> list[str]:
    """Event ids: 128 random bits each, in hex."""
    raw = secrets.token_bytes(16 * count).hex()
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


_CLEAR: msgspec.json.Decoder[Clear] = msgspec.json.Decoder(Clear)
