"""A key in the hands of three custodians: any two give it back, one alone has nothing of it.

For each of the three pairs the key is split in two by exclusive or with a random pad, which says nothing to whoever
holds one half; each custodian's halves are sealed to a key of their own (HPKE). No field arithmetic: two of three.
"""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from itertools import combinations
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.errors import Reject, Stop
from hub.events.wire import open_sealed, seal
from hub.keyfiles import KEY_BYTES

CUSTODIANS = 3
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
KeyName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*){0,4}$")]


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one custodian keeps: whose it is and of which key in clear, the halves sealed. `check` names the key."""

    key: KeyName
    custodian: Name
    check: str
    sealed: bytes


class Halves(msgspec.Struct, frozen=True):
    """An opened share: for each other custodian, one half. Prints nothing of them."""

    key: str
    custodian: str
    check: str
    halves: dict[str, bytes]

    def __repr__(self) -> str:
        return f"Halves({self.key}, {self.custodian})"


def split(name: str, key: bytes, custodians: Mapping[str, X25519PublicKey]) -> dict[str, bytes]:
    """The three shares as files, by custodian. Raises Reject unless they are three, with keys of their own."""
    if len(custodians) != CUSTODIANS or len({each.public_bytes_raw() for each in custodians.values()}) != CUSTODIANS:
        raise Reject("a key is split among three custodians, each with a key of their own")
    halves: dict[str, dict[str, bytes]] = {custodian: {} for custodian in custodians}
    for one, other in combinations(sorted(custodians), 2):
        pad = secrets.token_bytes(len(key))
        halves[one][other], halves[other][one] = pad, _xor(key, pad)
    check = fingerprint(name, key)
    made = {}
    for custodian, reader in custodians.items():
        sealed = seal(msgspec.msgpack.encode(halves[custodian]), reader, _context(name, custodian, check))
        made[custodian] = _checked(msgspec.json.encode(Share(name, custodian, check, sealed)))
    return made


def opened(document: bytes, secret: bytes) -> Halves:
    """A custodian's share, opened with their own key. Raises Reject for what is none, or another custodian's."""
    try:
        share = msgspec.json.decode(document, type=Share)
    except msgspec.DecodeError:
        raise Reject("not a custodian's share") from None
    try:
        plain = open_sealed(share.sealed, secret, _context(share.key, share.custodian, share.check))
        halves = msgspec.msgpack.decode(plain, type=dict[str, bytes])
    except (InvalidTag, msgspec.DecodeError, ValueError):
        raise Reject(f"the share of {share.custodian} does not open with this key, or was changed") from None
    return Halves(share.key, share.custodian, share.check, halves)


def joined(one: Halves, other: Halves) -> bytes:
    """The key, of two custodians. Raises Reject for shares that do not belong together, Stop for another key."""
    if (one.key, one.check) != (other.key, other.check):
        raise Reject("shares of different keys, or of one key split twice")
    if one.custodian == other.custodian:
        raise Reject("two shares of one custodian: another one is needed")
    try:
        key = _xor(one.halves[other.custodian], other.halves[one.custodian])
    except (KeyError, ValueError):
        raise Reject("these shares do not fit together") from None
    if len(key) != KEY_BYTES or fingerprint(one.key, key) != one.check:
        raise Stop("the shares do not give the key that was split")
    return key


def _checked(document: bytes) -> bytes:
    try:
        msgspec.json.decode(document, type=Share)
    except msgspec.ValidationError:
        raise Reject("a custodian's name is of small letters, digits and dashes") from None
    return document


def _context(name: str, custodian: str, check: str) -> str:
    return f"custody|{name}|{custodian}|{check}"


def fingerprint(name: str, key: bytes) -> str:
    """Names a key of 256 random bits, and says nothing of it."""
    return sha256(b"vsh/custody/v1\0" + name.encode() + b"\0" + key).hexdigest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
