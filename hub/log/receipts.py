"""A receipt, checked by whoever holds it: offline, with the log's public key and nothing else.

The checkpoint in a receipt names the receipt's own hash. So one signature says both: these counts were answered, and
this was the log. A changed count breaks the name; a log that later says otherwise does not give this checkpoint.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from hub.errors import Reject, Stop
from hub.events.wire import Proof
from hub.log import merkle
from hub.log.notes import Checkpoint, Signer, Verifier, read_checkpoint, sign, write_checkpoint


class ReceiptFacts(NamedTuple):
    """What a checked receipt proves: its counts, the log's size and root, and an event's leaf (none at size 0)."""

    receipt: dict[str, Any]
    checkpoint: Checkpoint
    place: int
    leaf: bytes


def canonical(receipt: object) -> bytes:
    """The one JSON text of a receipt: names sorted, no spaces. From the struct, or from any JSON that says the same."""
    return msgspec.json.encode(msgspec.to_builtins(receipt), order="sorted")


def receipt_checkpoint(core: bytes, size: int, root: bytes, signer: Signer) -> str:
    """A signed checkpoint of the log that names a receipt, given in its canonical form."""
    return sign(write_checkpoint(Checkpoint(signer.name, size, root, (_named(core),))), signer)


def check_receipt(document: bytes, key: Verifier) -> ReceiptFacts:
    """Check a receipt as it was given. Raises Reject for what is none, Stop for one that proves something else."""
    try:
        given = msgspec.json.decode(document, type=_Document)
        receipt, proof = given.receipt, given.proof
        leaf, path = bytes.fromhex(proof.leaf), [bytes.fromhex(each) for each in proof.path]
    except (msgspec.DecodeError, ValueError):
        raise Reject("not a receipt with a proof") from None
    checkpoint = read_checkpoint(proof.checkpoint, key)
    if checkpoint.more != (_named(canonical(receipt)),):
        raise Stop("the receipt is not the one that was signed: it was changed")
    if receipt.get("position") != checkpoint.size:
        raise Stop("the receipt and its checkpoint speak of different positions")
    if checkpoint.size == 0:
        proven = checkpoint.root == merkle.EMPTY and (proof.index, leaf, path) == (0, b"", [])
    else:
        proven = merkle.verify_inclusion(leaf, proof.index, checkpoint.size, path, checkpoint.root)
    if not proven:
        raise Stop("the receipt's event is not in the log that was signed")
    return ReceiptFacts(receipt, checkpoint, proof.index, leaf)


class _Document(msgspec.Struct, frozen=True):
    receipt: dict[str, Any]
    proof: Proof


def _named(core: bytes) -> str:
    return f"receipt {b64encode(sha256(core).digest()).decode()}"
