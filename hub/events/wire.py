"""What travels between the edge and the hub: a delivery of sealed parts, and the receipt that comes back.

A delivery streams: who and what first, then chunks, then the closing, which only the hub can open. The token column of
a chunk is sealed to the vault, its rows to the hub, refused rows to the partner itself (HPKE, RFC 9180: X25519,
HKDF-SHA256, AES-256-GCM). Who carries a delivery reads the header and nothing else.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pydantic import ConfigDict, TypeAdapter

from hub.events.base import Code, Country, OpaqueId, PartnerId, Period
from hub.events.codes import ErasureReason

TOKEN_BYTES = 32
NOBODY = bytes(TOKEN_BYTES)
"""The subject token of a record that is about no person (a plan)."""
NO_PERIOD = ""
"""The period of a record that no delivery covers by time (a plan): it is never retracted by being absent."""
EVERYTHING = "*"
"""In `covers`: the delivery states all that the partner has in this dataset."""
MOST_EPOCHS = 10_000
"""No key rotates as often."""
HUB_TENANT, HUB_DATASET = "eu-hub", "hub"
"""Under what names the hub states facts of its own."""
ERASURE = "erasure"
"""The dataset of a delivery that names persons to forget, and of nothing else."""
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


ROW_POSITION = r"^[a-z ]{1,20}[0-9]{0,12}((,| of)? [a-z]{1,10} [0-9]{1,12}){0,5}$"
RowPosition = Annotated[str, msgspec.Meta(pattern=ROW_POSITION)]
"""`line 7`, `sheet 2, row 7, count 3`, `entry 3 of entry 2 of bundle 1`: a place in a file, never its content."""


class Refusal(msgspec.Struct, frozen=True):
    """One broken rule of one refused row: position, rule and place, never a value."""

    position: RowPosition
    rule: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(-[a-z]+){0,5}$", max_length=40)]
    place: Annotated[str, msgspec.Meta(max_length=120)]


class Header(msgspec.Struct, frozen=True):
    """What everybody on the way may know of a delivery. `confirmed`: retract or forget even if that is very much.

    `erases`: it states no rows but names persons to forget, and this is why. Not there in any other delivery.
    `epochs`: of which epochs the persons' tokens are; two where each row has two of them. Not there in the first epoch.
    `links`: the purpose for which persons are named by the country's key. Not there where they are by the partner's.
    `asked`: that only who agreed to it is linked. Not there where the partner's file does not say who did.
    `replays`: the delivery whose refused rows it states again. Not there in any other delivery.
    """

    delivery: str
    partner: str
    country: str
    dataset: str
    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z.+!-]{1,40}$")]
    complete: bool
    confirmed: bool = False
    erases: str | msgspec.UnsetType = msgspec.UNSET
    epochs: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET
    links: str | msgspec.UnsetType = msgspec.UNSET
    asked: bool | msgspec.UnsetType = msgspec.UNSET
    replays: str | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """The hub believes no edge: names that go into the log in clear have their form, or there is no header."""
        _HEADER_NAMES.validate_python((self.delivery, self.partner, self.country, self.dataset))
        if (self.erases is msgspec.UNSET) is (self.dataset == ERASURE):
            raise ValueError("an erasure under another name, or another delivery under its name")
        if self.erases is not msgspec.UNSET:
            _ERASURE_REASON.validate_python(self.erases)
        if self.epochs is not msgspec.UNSET and not _follow(self.epochs):
            raise ValueError("epochs that do not follow each other")
        if self.links is not msgspec.UNSET:
            _PURPOSE.validate_python(self.links)
        if self.asked is not msgspec.UNSET and (not self.asked or self.links is msgspec.UNSET):
            raise ValueError("asked, of persons whom nobody links")
        if self.replays is not msgspec.UNSET:
            _REPLAYED.validate_python(self.replays)
            if self.complete or self.erases is not msgspec.UNSET:
                raise ValueError("a replay that would be more than one")
        if not self.partner.startswith(f"{self.country.lower()}-"):
            raise ValueError("a partner of another country")


def named_epochs(epochs: tuple[int, ...]) -> tuple[int, ...] | msgspec.UnsetType:
    """As a header has them: the first alone is not named."""
    return msgspec.UNSET if epochs == (1,) else epochs


def _follow(epochs: tuple[int, ...]) -> bool:
    """One epoch after the first, or any and the next."""
    first, *others = epochs or (0,)
    return 0 < first < MOST_EPOCHS and (others == [first + 1] or (not others and first > 1))


class Closing(msgspec.Struct, frozen=True):
    """What is known when the last row was read. `covers`: periods whose absent records a complete delivery retracts.

    `complete` may take back what the header announced, never the other way. `digest` is that of all parts before.
    `unlinked`: rows whose person has no valid identifier, and is known by that record alone. `mapping`: the digest of
    the adapter that read the rows; none for the hub's own in Python. `passed`: of a replay, where its rows stood.
    """

    rows: int
    refused: int
    chunks: int
    complete: bool
    covers: tuple[str, ...]
    refusals: list[Refusal]
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    unlinked: int = 0
    mapping: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    passed: tuple[RowPosition, ...] = ()

    def __post_init__(self) -> None:
        _PERIODS.validate_python([period for period in self.covers if period != EVERYTHING])
        if min(self.rows, self.refused, self.chunks, self.unlinked) < 0:
            raise ValueError("a count below zero")
        if len({refusal.position for refusal in self.refusals}) != self.refused:
            raise ValueError("refused rows are not those that were counted")


class Chunk(NamedTuple):
    """Up to a few thousand rows: their tokens sealed to the vault, their facts sealed to the hub."""

    tokens: bytes
    rows: bytes


class End(NamedTuple):
    """The closing, sealed to the hub, and the refused rows, sealed to the partner."""

    closing: bytes
    refused_rows: bytes


class Delivery(NamedTuple):
    """A delivery as it streams: chunks, then one end. Without its end it is torn."""

    header: Header
    parts: Iterator[Chunk | End]


COUNTS = ("received", "accepted", "unchanged", "quarantined", "unlinked", "events")
"""A receipt's counts, in the order in which they are told."""


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a delivery: received = accepted + unchanged + quarantined. Says nothing of who was known.

    `digest` is that of the delivery as it came; `position` is the log's end then. `unlinked`: see Closing.
    """

    delivery: str
    partner: str
    dataset: str
    digest: str
    received: int
    accepted: int
    unchanged: int
    quarantined: int
    events: int
    position: int
    unlinked: int = 0

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.unchanged + self.quarantined:
            raise AssertionError("a row was lost or counted twice")


class Proof(msgspec.Struct, frozen=True):
    """That the log's newest event at the receipt's time is in the tree of the checkpoint (RFC 9162), all in hex.

    The checkpoint names the receipt's own hash, so one signature holds the receipt to the log's state.
    """

    index: int
    leaf: str
    path: list[str]
    checkpoint: str


class ProvenReceipt(msgspec.Struct, frozen=True):
    """A receipt as it is given to the partner."""

    receipt: Receipt
    proof: Proof


class Digest:
    """SHA-256 over a delivery's parts as they travel, in their order."""

    def __init__(self, header: Header) -> None:
        self._running = sha256(pack(header))

    def add(self, part: Chunk | End) -> None:
        """Take the next part in."""
        for piece in part:
            self._running.update(sha256(piece).digest())

    def hex(self) -> str:
        """The digest of all parts so far."""
        return self._running.hexdigest()


def public_key(secret: bytes) -> X25519PublicKey:
    """The public half of a 32-byte X25519 secret."""
    return X25519PrivateKey.from_private_bytes(secret).public_key()


def binding(header: Header) -> str:
    """What every sealed part is bound to: a header changed on the way, and nothing opens any more."""
    return f"{header.delivery}|{sha256(pack(header)).hexdigest()}"


def seal(plain: bytes, reader: X25519PublicKey, context: str) -> bytes:
    """HPKE to one reader. `context` must be the same on opening: delivery, part and chunk number."""
    return _SUITE.encrypt(plain, reader, info=context.encode())


def open_sealed(sealed: bytes, secret: bytes, context: str) -> bytes:
    """The inverse of `seal`. Raises cryptography's InvalidTag for another key, context or a changed byte."""
    return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(secret), info=context.encode())


def seal_closing(closing: Closing, reader: X25519PublicKey, header: Header) -> bytes:
    """The closing for the hub, bound to its header."""
    return seal(pack(closing), reader, f"{binding(header)}|closing")


def open_closing(sealed: bytes, secret: bytes, header: Header) -> Closing:
    """The inverse of `seal_closing`. Raises InvalidTag or ValueError."""
    return msgspec.json.decode(open_sealed(sealed, secret, f"{binding(header)}|closing"), type=Closing)


def pack(value: Any) -> bytes:
    """A header, closing or receipt as JSON."""
    return msgspec.json.encode(value)


_QUIET = ConfigDict(hide_input_in_errors=True)
_HEADER_NAMES = TypeAdapter(tuple[OpaqueId, PartnerId, Country, Code], config=_QUIET)
_PERIODS = TypeAdapter(list[Period], config=_QUIET)
_REPLAYED: TypeAdapter[str] = TypeAdapter(OpaqueId, config=_QUIET)
_PURPOSE: TypeAdapter[str] = TypeAdapter(Code, config=_QUIET)
_ERASURE_REASON: TypeAdapter[str] = TypeAdapter(ErasureReason, config=_QUIET)
