"""The vault's keys, and what is sealed with them. Key objects print nothing of themselves."""

import hmac
from collections.abc import Callable
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub import keyfiles
from hub.events.wire import public_key

NONCE_BYTES = 12


class KeySource(Protocol):
    """Where secrets come from: files here, a key management service elsewhere."""

    def __call__(self, name: str) -> bytes:
        """32 secret bytes by name."""
        ...


def key_files(folder: Path, in_use: Callable[[str], bool] = lambda _name: False) -> KeySource:
    """Keys as files below a folder, made on first use; one that is `in_use` and not there raises Stop."""

    def key(name: str) -> bytes:
        path = folder / name
        return keyfiles.secret(path, create=not path.exists() and not in_use(name))

    return key


class VaultKeys:
    """K2 and the wrapping key per country, the record key, and the secret that opens token columns."""

    def __init__(self, source: KeySource) -> None:
        self._source = source

    def __repr__(self) -> str:
        return "VaultKeys()"

    @cached_property
    def opener(self) -> bytes:
        """The HPKE secret for token columns."""
        return self._source("vault/tokens")

    @property
    def reader(self) -> X25519PublicKey:
        """The public half that edges seal token columns to."""
        return public_key(self.opener)

    @cached_property
    def _records(self) -> hmac.HMAC:
        """The key that makes record hashes of edge tokens, its pads worked out once: copying is half the price."""
        return hmac.new(self._source("vault/records"), digestmod=sha256)

    def subject_row(self, country: str, token: bytes) -> bytes:
        """t2 = HMAC(K2[country], t1): where a subject stands in the vault."""
        keyed = self._k2(country).copy()
        keyed.update(token)
        return keyed.digest()

    def record_hash(self, partner: str, token: bytes) -> bytes:
        """Where a record's stream is found. Of the hub's key too, so that a partner's key alone finds nothing."""
        keyed = self._records.copy()
        keyed.update(partner.encode() + b"\0" + token)
        return keyed.digest()[:16]

    def wrapping(self, country: str) -> AESGCM:
        """The country key, which wraps data keys."""
        return self._wrapping(country)

    def __hash__(self) -> int:
        return id(self)

    @lru_cache(maxsize=64)  # noqa: B019 - one object a process, few countries
    def _k2(self, country: str) -> hmac.HMAC:
        return hmac.new(self._source(f"vault/{country}/k2"), digestmod=sha256)

    @lru_cache(maxsize=64)  # noqa: B019
    def _wrapping(self, country: str) -> AESGCM:
        return AESGCM(self._source(f"vault/{country}/wrapping"))
