"""The vault's keys, and what is sealed with them. Key objects print nothing of themselves."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from hub import keyfiles
from hub.events.wire import public_key

RECORDS = "vault/records"
"""The key that tells where records stand."""
Macs = Callable[[Iterable[bytes]], list[bytes]]
"""Keyed hashes of messages, in their order."""


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

    @property
    @lru_cache(maxsize=64)  # noqa: B019 - one object a process, few countries; and no attribute that would show it
    def opener(self) -> bytes:
        """The HPKE secret for token columns."""
        return self._source("vault/tokens")

    @property
    def reader(self) -> X25519PublicKey:
        """The public half that edges seal token columns to."""
        return public_key(self.opener)

    @lru_cache(maxsize=64)  # noqa: B019
    def subject_rows(self, country: str, layers: int = 1) -> Macs:
        """t2 = HMAC(K2[country], t1): where a subject stands in the vault; and so on with each further K2 over it."""
        outermost = self.layer(country, layers)
        if layers == 1:
            return outermost
        below = self.subject_rows(country, layers - 1)
        return lambda messages: outermost(below(messages))

    def layer(self, country: str, number: int) -> Macs:
        """What one K2 alone does to the tokens below it."""
        return _macs(HMAC(self._source(f"vault/{country}/{layer_name(number)}"), SHA256()))

    @lru_cache(maxsize=64)  # noqa: B019
    def record_hashes(self, partner: str, dataset: str) -> Macs:
        """Where a record's stream is found, 20 bytes. Of the hub's key too: a partner's key alone finds nothing.

        The first four bytes are the dataset's. Its records so stand side by side in an index: a delivery touches that
        part of it alone, however large the rest has grown.
        """
        keyed = HMAC(self._source(RECORDS), SHA256())
        keyed.update(f"{partner}\0{dataset}\0".encode())
        return _macs(keyed, 16, keyed.copy().finalize()[:4])

    def chunk_mark(self, about: str, tokens: bytes, rows: bytes) -> bytes:
        """Names the opened content of a chunk, 32 bytes. What is hashed begins as no record does."""
        keyed = HMAC(self._source(RECORDS), SHA256())
        keyed.update(f"\0chunk\0{about}\0".encode() + sha256(tokens).digest() + sha256(rows).digest())
        return keyed.finalize()

    @lru_cache(maxsize=64)  # noqa: B019
    def wrapping(self, country: str) -> AESGCM:
        """The country key, which wraps data keys."""
        return AESGCM(self._source(f"vault/{country}/wrapping"))

    def __hash__(self) -> int:
        return id(self)


def layer_name(number: int) -> str:
    """`k2`, then `k2-2`, `k2-3` and so on: the file of a K2 below its country's folder."""
    return "k2" if number == 1 else f"k2-{number}"


def _macs(begun: HMAC, size: int = 32, before: bytes = b"") -> Macs:
    """`before` and the first bytes of HMAC-SHA-256. Pads, and how every message begins, are worked out once."""
    copy = begun.copy

    def macs(messages: Iterable[bytes]) -> list[bytes]:
        made = []
        for message in messages:
            keyed = copy()
            keyed.update(message)
            made.append(before + keyed.finalize()[:size])
        return made

    return macs
