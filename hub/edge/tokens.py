"""Keyed tokens for records and persons. Without the partner's key nobody can test a guess.

Every part of a message is length-prefixed, so that ("N", "L1") and ("NL", "1") differ.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.edge.canonical import LOCAL, canonical
from hub.events.wire import NOBODY

PEOPLE = 100_000
"""Persons of one file that are remembered at a time."""
BLOCK = 64
"""Bytes that SHA-256 takes at once (RFC 2104 calls it B)."""

LENGTHS = tuple(length.to_bytes(4, "big") for length in range(256))


class TokenSource(Protocol):
    """Makes 32-byte tokens, many at once. A file key now; an HSM or an OPRF may stand behind it later.

    `epochs` are those of the persons' tokens; where they are two, each person's token is two tokens, side by side, and
    `nobody` stands for a record about no person.
    """

    epochs: tuple[int, ...]
    nobody: bytes
    links: str
    """The purpose of a country's key; empty for a partner's own."""

    def records(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """The tokens of the partner's records."""
        ...

    def persons(self, scheme: str, names: Iterable[str]) -> list[bytes]:
        """The tokens of persons by their canonical names, in the scope of this source."""
        ...

    def unknown_persons(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """The tokens of the persons behind records, when nothing is known of who they are."""
        ...


class PartnerTokens:
    """Partner-local tokens (HMAC-SHA-256) under a key that never leaves the partner. Prints nothing of it."""

    def __init__(
        self,
        key: bytes,
        *,
        partner: str,
        country: str,
        epoch: int = 1,
        records: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """`records` is the key of records where it stands alone: it does not rotate.

        With a `purpose` the key is the country's: one person has one token at all of its partners. A person who is
        known by a record alone, or by the partner's own number, is that partner's still: number 7 of another is
        somebody else.
        """
        own = ("person", country, partner, str(epoch), *([purpose] if purpose else []))
        person = ("s1", country, purpose, str(epoch)) if purpose else own
        unknown = ("unknown", country, partner, str(epoch), *([purpose] if purpose else []))
        self.links = purpose
        self.epochs: tuple[int, ...] = (epoch,)
        self.nobody = NOBODY
        self._record, self._person, self._own, self._unknown = (
            _mac(made)
            for made in (
                records or records_key(key, partner=partner, country=country, epoch=epoch),
                derived(key, *person),
                derived(key, *own),
                derived(key, *unknown),
            )
        )

    def records(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """The tokens of the partner's records."""
        return self._record(prefixed(kind), keys)

    def persons(self, scheme: str, names: Iterable[str]) -> list[bytes]:
        """The tokens of persons known to this partner, by their canonical names."""
        return (self._own if scheme == LOCAL else self._person)(prefixed(scheme), names)

    def unknown_persons(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """The tokens of persons known only by one record each."""
        return self._unknown(prefixed(kind), keys)


class People:
    """Tokens of the persons of one file: many rows are about one person. Remembers so many of them, and no more."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._known: dict[str, dict[str | None, bytes]] = {}
        self.unlinked = 0
        """Times that somebody was asked for by an identifier that is not valid."""

    def tokens(self, scheme: str, texts: Sequence[str | None]) -> list[bytes | None]:
        """The tokens of the persons that identifiers name, and None for one that is not valid in its scheme.

        None asks for nobody: whoever is not to be linked is known by her record alone. An invalid one is never
        tokenised (a typing error would merge strangers): the person stays unknown.
        """
        known = self._known.setdefault(scheme, {})
        if len(known) > PEOPLE:
            known.clear()
        new = {text: canonical(scheme, text) for text in {*texts}.difference(known) if text is not None}
        names = {text: name for text, name in new.items() if name is not None}
        known.update(zip(names, self._source.persons(scheme, names.values()), strict=True))
        tokens = list(map(known.get, texts))
        self.unlinked += tokens.count(None) - texts.count(None)
        return tokens


def records_key(key: bytes, *, partner: str, country: str, epoch: int = 1) -> bytes:
    """The key of records, as the partner's first key gives it. Nothing leads back."""
    return derived(key, "record", country, partner, str(epoch))


def derived(key: bytes, *info: str) -> bytes:
    """A key for one use (HKDF-Expand, RFC 5869)."""
    return HKDFExpand(SHA256(), 32, prefixed("vsh/v1", *info)).derive(key)


Mac = Callable[[bytes, Iterable[str]], list[bytes]]


def _mac(key: bytes) -> Mac:
    """HMAC-SHA-256 (RFC 2104) of many messages that begin alike. Copied pads are faster than `hmac` by half."""
    block = key.ljust(BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block))
    outer = sha256(bytes(byte ^ 0x5C for byte in block))
    begun = {}

    def macs(prefix: bytes, parts: Iterable[str]) -> list[bytes]:
        if prefix not in begun:
            begun[prefix] = inner.copy()
            begun[prefix].update(prefix)
        begin, finish = begun[prefix].copy, outer.copy
        made = []
        for raw in [part.encode("utf-8", "surrogatepass") for part in parts]:
            inside, outside = begin(), finish()
            inside.update((LENGTHS[len(raw)] if len(raw) < len(LENGTHS) else _length(raw)) + raw)
            outside.update(inside.digest())
            made.append(outside.digest())
        return made

    return macs


def prefixed(*parts: str) -> bytes:
    """The parts as bytes, each after its length in four bytes."""
    message = b""
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        message += _length(raw) + raw
    return message


def _length(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big")
