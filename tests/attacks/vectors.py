"""Test vectors of the Wycheproof project for the primitives that the hub uses: what must fail, fails."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.attacks.attack import Attack, Outcome

Vector = dict[str, Any]
NONCES = range(8, 129)
"""Bytes of a nonce that the library takes. It refuses all others; ours have twelve."""


def attack(inputs: Path) -> Attack:
    """With the project's files in `inputs`."""
    return Attack(
        "test vectors that are answered wrongly",
        "the same with one bit turned",
        lambda _folder, _scale: Outcome(*_counted(inputs, changed=False), _counted(inputs, changed=True)[1]),
    )


def _counted(inputs: Path, *, changed: bool) -> tuple[int, int]:
    answers = [_wrong(works, vector, size, changed) for works, vector, size in _vectors(inputs)]
    return len(answers), sum(answers)


def _vectors(inputs: Path) -> Iterator[tuple[Callable[[Vector, int, bytes], bool], Vector, int]]:
    for name, works in (("aes_gcm", _aes_gcm), ("hmac_sha256", _hmac), ("hkdf_sha256", _hkdf)):
        for group in json.loads((inputs / "wycheproof" / f"{name}_test.json").read_text("utf-8"))["testGroups"]:
            for vector in group["tests"]:
                if "iv" not in vector or len(vector["iv"]) // 2 in NONCES:
                    yield works, vector, group.get("tagSize", 0) // 8


def _wrong(works: Callable[[Vector, int, bytes], bool], vector: Vector, size: int, changed: bool) -> bool:
    """Whether the answer is not the vector's. `changed`: with another bit in its result."""
    result = bytes.fromhex(vector.get("tag") or vector["okm"])
    if changed and result:
        result = bytes([result[0] ^ 1]) + result[1:]
    return works(vector, size, result) is not (vector["result"] == "valid")


def _aes_gcm(vector: Vector, _size: int, tag: bytes) -> bool:
    key, nonce, aad, sealed, text = (bytes.fromhex(vector[name]) for name in ("key", "iv", "aad", "ct", "msg"))
    try:
        return AESGCM(key).decrypt(nonce, sealed + tag, aad) == text
    except InvalidTag:
        return False


def _hmac(vector: Vector, size: int, tag: bytes) -> bool:
    keyed = HMAC(bytes.fromhex(vector["key"]), SHA256())
    keyed.update(bytes.fromhex(vector["msg"]))
    made = keyed.finalize()
    if size < len(made):
        return made[:size] == tag
    again = HMAC(bytes.fromhex(vector["key"]), SHA256())
    again.update(bytes.fromhex(vector["msg"]))
    try:
        again.verify(tag)
    except InvalidSignature:
        return False
    return True


def _hkdf(vector: Vector, _size: int, okm: bytes) -> bool:
    secret, salt, info = (bytes.fromhex(vector[name]) for name in ("ikm", "salt", "info"))
    try:
        return HKDF(SHA256(), vector["size"], salt, info).derive(secret) == okm
    except ValueError:  # longer than 255 hashes
        return False
