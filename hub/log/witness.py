"""Co-signing, at a partner: the log has only grown since the last checkpoint that this partner saw, and it says so.

What travels is the body of a C2SP tlog-witness request: `old SIZE`, the proof, an empty line, the checkpoint.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import NamedTuple

from hub.errors import Reject, Stop
from hub.log import merkle
from hub.log.notes import Checkpoint, Signer, Verifier, cosign, read_checkpoint

_PROOF = re.compile(r"old (0|[1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n")
NOTHING = Checkpoint("", 0, merkle.EMPTY)


class Growth(NamedTuple):
    """A checkpoint, with the proof that it holds all of the log at an older size."""

    since: int
    path: list[bytes]
    note: str


def write_growth(since: int, path: Sequence[bytes], note: str) -> str:
    """As text: the body of a tlog-witness request."""
    return "".join([f"old {since}\n", *(f"{b64encode(each).decode()}\n" for each in path), "\n", note])


def read_growth(text: str) -> Growth:
    """The inverse of `write_growth`. A plain checkpoint has grown from nothing."""
    if not text.startswith("old "):
        return Growth(0, [], text)
    found = _PROOF.match(text)
    if found is None:
        raise Reject("not a checkpoint with its proof: hub checkpoint --since")
    return Growth(int(found[1]), [b64decode(line) for line in found[2].split()], text[found.end() :])


def witness(growth: Growth, seen: Checkpoint, log: Verifier, by: Signer, at: int) -> str:
    """The checkpoint with one more signature. Raises Stop when the log is not the one that was seen, only longer.

    `seen` is the last checkpoint this partner co-signed; for the first time, `NOTHING`.
    """
    now = read_checkpoint(growth.note, log)
    if now.size < seen.size:
        raise Stop(f"the log was at {seen.size:,} and is now at {now.size:,}: it was cut short or put back")
    if growth.since != seen.size and now.size != seen.size:
        raise Reject(f"the proof begins at {growth.since:,}, the last checkpoint seen here is at {seen.size:,}")
    path = growth.path if now.size != seen.size else []
    if not merkle.verify_consistency(seen.size, now.size, seen.root, now.root, path):
        raise Stop("the log is not the one that was seen here: what it said before was changed")
    return cosign(growth.note, by, at)
