"""The release room's two keys: a secret that drives the rounding, and an Ed25519 key that signs what was published.

Both are files of their own, 0600 in a 0700 folder, made on first use. An open file is refused, never repaired: somebody
may have read it, and only a person can judge that.
"""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub import keyfiles


@dataclass(frozen=True)
class ReleaseKeys:
    """What a release needs. Printing it shows nothing."""

    secret: bytes = field(repr=False)
    signer: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The 32 bytes with which anybody can check a manifest."""
        return self.signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def release_keys(keys_dir: Path) -> ReleaseKeys:
    """The keys below `keys_dir`/release, made now if there are none. Raises Stop when others can read them."""
    folder = keys_dir / "release"
    # Any 32 bytes are an Ed25519 key.
    signer = Ed25519PrivateKey.from_private_bytes(keyfiles.secret(folder / "signing.ed25519"))
    return ReleaseKeys(keyfiles.secret(folder / "rounding.secret"), signer)


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` was made with the key that belongs to `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
