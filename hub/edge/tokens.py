"""Keyed tokens for records and persons. Without the partner's key nobody can test a guess.

Every part of a message is length-prefixed, so that ("N", "L1") and ("NL", "1") differ.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


class TokenSource(Protocol):
    """Makes 32-byte tokens. A file key now; an HSM or an OPRF may stand behind it later."""

    def record(self, kind: str, key: str) -> bytes:
        """The token of one of the partner's records."""
        ...

    def person(self, scheme: str, canonical: str) -> bytes:
        """The token of a person, in the scope of this source."""
        ...

    def unknown_person(self, kind: str, key: str) -> bytes:
        """The token of the person behind one record, when nothing is known of who it is."""
        ...


class PartnerTokens:
    """Partner-local tokens (HMAC-SHA-256) under a key that never leaves the partner. Prints nothing of it."""

    def __init__(self, key: bytes, *, partner: str, country: str, epoch: int = 1) -> None:
        def derive(purpose: str) -> Callable[[bytes], bytes]:
            info = prefixed("vsh/v1", purpose, country, partner, str(epoch))
            base = hmac.new(HKDFExpand(SHA256(), 32, info).derive(key), digestmod=sha256)

            def mac(message: bytes) -> bytes:
                keyed = base.copy()
                keyed.update(message)
                return keyed.digest()

            return mac

        self._record, self._person, self._unknown = derive("record"), derive("person"), derive("unknown")

    def record(self, kind: str, key: str) -> bytes:
        """The token of one of the partner's records."""
        return self._record(prefixed(kind, key))

    def person(self, scheme: str, canonical: str) -> bytes:
        """The token of a person known to this partner."""
        return self._person(prefixed(scheme, canonical))

    def unknown_person(self, kind: str, key: str) -> bytes:
        """The token of a person known only by this one record."""
        return self._unknown(prefixed(kind, key))


def prefixed(*parts: str) -> bytes:
    """The parts as bytes, each after its length in four bytes."""
    message = b""
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        message += len(raw).to_bytes(4, "big") + raw
    return message
