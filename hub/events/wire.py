"""What travels between the edge and the hub: a delivery of sealed chunks, and the receipt that comes back.

The token column of a chunk is sealed to the vault, its rows to the hub, its refused rows to the partner itself (HPKE,
RFC 9180: X25519, HKDF-SHA256, AES-256-GCM). Who carries a delivery reads the header and nothing else.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pydantic import TypeAdapter

from hub.events.base import Code, Country, OpaqueId, PartnerId, Period

TOKEN_BYTES = 32
NOBODY = bytes(TOKEN_BYTES)
"""The subject token of a record that is about no person (a plan)."""
NO_PERIOD = ""
"""The period of a record that no delivery covers by time (a plan): it is never retracted by being absent."""
EVERYTHING = "*"
"""In `covers`: the delivery states all that the partner has in this dataset."""
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class StatedFact(NamedTuple):
    """An event's newest type, the part of the record it belongs to, and its canonical JSON."""

    topic: str
    part: str
    data: bytes


class Row(NamedTuple):
    """A statement without its names: the period a complete delivery would cover it in, and its facts."""

    period: str
    facts: list[StatedFact]


class Refusal(msgspec.Struct, frozen=True):
    """One broken rule of one refused row: position, rule and place, never a value."""

    position: Annotated[str, msgspec.Meta(pattern=r"^[a-z ]{1,20}[0-9]{0,12}$")]
    rule: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(-[a-z]+){0,5}$", max_length=40)]
    place: Annotated[str, msgspec.Meta(max_length=120)]


class Header(msgspec.Struct, frozen=True):
    """What everybody on the way may know of a delivery.

    `covers`: periods whose absent records a complete delivery retracts. `confirmed`: even if that is most of them.
    """

    delivery: str
    partner: str
    country: str
    dataset: str
    version: str
    complete: bool
    rows: int
    refused: int
    chunks: int
    covers: tuple[str, ...]
    confirmed: bool = False

    def __post_init__(self) -> None:
        """The hub believes no edge: names that go into the log in clear have their form, or there is no header."""
        _HEADER_NAMES.validate_python((self.delivery, self.partner, self.country, self.dataset))
        _PERIODS.validate_python([period for period in self.covers if period != EVERYTHING])
        if not self.partner.startswith(f"{self.country.lower()}-") or min(self.rows, self.refused, self.chunks) < 0:
            raise ValueError("a partner of another country, or a count below zero")


class Chunk(NamedTuple):
    """Up to a few thousand rows: their tokens sealed to the vault, their facts sealed to the hub."""

    tokens: bytes
    rows: bytes


class Delivery(NamedTuple):
    """A whole delivery. `refusals` are clear places and rules; `refused_rows` is sealed to the partner."""

    header: Header
    chunks: Iterator[Chunk]
    refusals: list[Refusal]
    refused_rows: bytes


class Receipt(msgspec.Struct, frozen=True):
    """What became of a delivery: received = accepted + unchanged + quarantined. Says nothing of who was known."""

    delivery: str
    partner: str
    dataset: str
    received: int
    accepted: int
    unchanged: int
    quarantined: int
    events: int
    position: int

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.unchanged + self.quarantined:
            raise AssertionError("a row was lost or counted twice")


def public_key(secret: bytes) -> X25519PublicKey:
    """The public half of a 32-byte X25519 secret."""
    return X25519PrivateKey.from_private_bytes(secret).public_key()


def binding(header: Header, refusals: list[Refusal]) -> str:
    """What every sealed part is bound to: a header or refusal changed on the way, and nothing opens any more."""
    return f"{header.delivery}|{sha256(pack(header) + pack(refusals)).hexdigest()}"


def seal(plain: bytes, reader: X25519PublicKey, context: str) -> bytes:
    """HPKE to one reader. `context` must be the same on opening: delivery, part and chunk number."""
    return _SUITE.encrypt(plain, reader, info=context.encode())


def open_sealed(sealed: bytes, secret: bytes, context: str) -> bytes:
    """The inverse of `seal`. Raises cryptography's InvalidTag for another key, context or a changed byte."""
    return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(secret), info=context.encode())


def pack_rows(rows: list[Row]) -> bytes:
    """Rows as MessagePack."""
    return msgspec.msgpack.encode(rows)


def unpack_rows(packed: bytes) -> list[Row]:
    """The inverse of `pack_rows`. Raises msgspec.DecodeError for anything else."""
    return _ROWS.decode(packed)


def pack(value: Any) -> bytes:
    """A header, receipt or list of refusals as JSON."""
    return msgspec.json.encode(value)


def check_part(part: str) -> None:
    """Raises ValueError for a part that could say something: it is a short code, or nothing."""
    if part:
        _PART.validate_python(part)


_HEADER_NAMES = TypeAdapter(tuple[OpaqueId, PartnerId, Country, Code])
_PERIODS = TypeAdapter(list[Period])
_PART = TypeAdapter(Code)
_ROWS: msgspec.msgpack.Decoder[list[Row]] = msgspec.msgpack.Decoder(list[Row])
