"""Signed notes and the checkpoints in them: the C2SP formats signed-note, tlog-checkpoint and tlog-cosignature.

A note is text that anybody can read, an empty line, and a line for each signature. Text is believed only once it was
opened with a key.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.errors import Reject, Stop

ORIGIN = "victim-support-hub/log"
KEY = "log/checkpoints"
"""The name of the log's signing key among the hub's secrets."""
SIGNED, COSIGNED = 1, 4
"""Signature types: of the note's text (signed-note), and of the text with a time (tlog-cosignature)."""
MOST_CHARACTERS = 65_536
ID_BYTES, TIME_BYTES = 4, 8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NAME = re.compile(r"[^\s+]{1,200}")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class Verifier(NamedTuple):
    """A public key with the name it signs under: what a person needs to check a note."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature names its key (signed-note)."""
        return sha256(f"{self.name}\n".encode() + bytes((self.kind,)) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """The key as one word of text: name, id, type and key (a "vkey")."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes((self.kind,)) + self.public).decode()}"


@dataclass(frozen=True)
class Signer:
    """A secret key with the name it signs under. Printing it shows nothing of the key."""

    name: str
    kind: int
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


class Checkpoint(NamedTuple):
    """The log as it was at a size: the root of its tree (RFC 9162), and lines that say more (`receipt`, `after`)."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()


def log_signer(secrets: Callable[[str], bytes], origin: str = ORIGIN) -> Signer:
    """The key that signs this installation's checkpoints."""
    return signer(secrets(KEY), origin, SIGNED)


def signer(secret: bytes, name: str, kind: int) -> Signer:
    """A signer of 32 secret bytes. Raises Reject for a name that cannot stand in a note."""
    if not _NAME.fullmatch(name):
        raise Reject("the name of a signing key has spaces or a plus sign in it")
    return Signer(name, kind, Ed25519PrivateKey.from_private_bytes(secret))


def read_key(text: str) -> Verifier:
    """A public key from its text form. Raises Reject for anything else."""
    name, _, rest = text.strip().partition("+")
    key_id, _, packed = rest.partition("+")
    raw = _unpacked(packed)
    if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (SIGNED, COSIGNED):
        raise Reject("not a public key of the form name+id+key")
    verifier = Verifier(name, raw[0], raw[1:])
    if verifier.key_id.hex() != key_id:
        raise Reject("a public key whose id is another one's: it was copied wrongly")
    return verifier


def sign(text: str, by: Signer) -> str:
    """A note of this text, with one signature."""
    return f"{text}\n{_signature(by, by.key.sign(text.encode()))}"


def cosign(note: str, by: Signer, at: int) -> str:
    """The note with one more signature, made at a time (seconds since 1970). An older one of the same key goes."""
    text, lines = _parts(note)
    stamped = at.to_bytes(TIME_BYTES, "big") + by.key.sign(_stamped(text, at))
    known = by.verifier
    others = [line for line in lines if _read_line(line)[:2] != (known.name, known.key_id)]
    return "\n".join((text, *others, _signature(by, stamped)))


def open_note(note: str, by: Verifier) -> str:
    """The text of a note that this key has signed. Raises Reject for what is no note, Stop when it did not sign it."""
    text, lines = _parts(note)
    mine = [signature for name, key_id, signature in map(_read_line, lines) if (name, key_id) == (by.name, by.key_id)]
    if not mine:
        raise Stop("a note without a signature of the key it is checked with")
    for signature in mine:
        _check(text, signature, by)
    return text


def write_checkpoint(checkpoint: Checkpoint) -> str:
    """A checkpoint as the text of a note (tlog-checkpoint)."""
    root = b64encode(checkpoint.root).decode()
    return "\n".join((checkpoint.origin, str(checkpoint.size), root, *checkpoint.more, ""))


def read_checkpoint(note: str, by: Verifier) -> Checkpoint:
    """The checkpoint in a note that this key has signed. Raises as `open_note`.

    A log signs under its own origin; a co-signer (a key of type 4) signs what another log stated.
    """
    lines = open_note(note, by).split("\n")[:-1]
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise Reject("not a checkpoint: origin, size, root")
    origin, size, root, *more = lines
    raw = _unpacked(root)
    if len(raw) != sha256().digest_size:
        raise Reject("not a checkpoint: its root is no hash")
    if by.kind == SIGNED and origin != by.name:
        raise Stop("a checkpoint of another log")
    return Checkpoint(origin, int(size), raw, tuple(more))


def _parts(note: str) -> tuple[str, list[str]]:
    """Text and signature lines of a note."""
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not separator or not text or lines.pop() or not lines or len(note) > MOST_CHARACTERS:
        raise Reject("not a signed note")
    if any(ord(letter) < 0x20 and letter != "\n" for letter in note) or not all(map(_LINE.fullmatch, lines)):
        raise Reject("not a signed note")
    return f"{text}\n", lines


def _read_line(line: str) -> tuple[str, bytes, bytes]:
    """Name, key id and signature of a signature line."""
    found = _LINE.fullmatch(line)
    raw = _unpacked(found[2]) if found else b""
    if found is None or len(raw) <= ID_BYTES:
        raise Reject("not a signature line of a note")
    return found[1], raw[:ID_BYTES], raw[ID_BYTES:]


def _check(text: str, signature: bytes, by: Verifier) -> None:
    message = text.encode()
    if by.kind == COSIGNED:
        message = _stamped(text, int.from_bytes(signature[:TIME_BYTES], "big"))
        signature = signature[TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(by.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Stop("a note whose signature is not of its key: it was changed") from None


def _signature(by: Signer, signature: bytes) -> str:
    return f"— {by.name} {b64encode(by.verifier.key_id + signature).decode()}\n"


def _stamped(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _unpacked(text: str) -> bytes:
    """Bytes of their one base64 text; none for any other text."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if b64encode(raw).decode() == text else b""
