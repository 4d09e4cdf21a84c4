"""Checkpoints of this log: kept beside its tree in one transaction, answered in receipts, and anchored outside of it.

Each names the size of the one before it (`after`), so none can be taken out. The newest one is also a file: a database
that was put back to an older copy, whole and in itself right, is behind its anchor.
"""

from pathlib import Path

import sqlalchemy as sa

from hub.database import insert_rows
from hub.errors import Stop
from hub.events.wire import Proof, ProvenReceipt, Receipt
from hub.log import merkle, tiles
from hub.log.anchor import anchored, write_anchor
from hub.log.notes import Checkpoint, Signer, Verifier, read_checkpoint, sign, write_checkpoint
from hub.log.receipts import canonical, receipt_checkpoint
from hub.log.tables import checkpoints
from hub.log.tiles import Frontier

__all__ = ["after", "check_end", "keep", "latest", "prove", "write_anchor"]


def after(size: int) -> str:
    """The line by which a checkpoint names the one before it; 0 for the first."""
    return f"after {size}"


def latest(connection: sa.Connection) -> str | None:
    """The newest checkpoint's note."""
    return _newest(connection)[1]


def keep(connection: sa.Connection, size: int, root: bytes, signer: Signer) -> str:
    """Sign a checkpoint of the log at this size and store it, unless it stands. Raises Stop when the log is shorter."""
    before, note = _newest(connection)
    if before > size:
        raise Stop("the log is shorter than its newest checkpoint: hub verify")
    if note is None or before < size:
        note = sign(write_checkpoint(Checkpoint(signer.name, size, root, (after(before),))), signer)
        insert_rows(connection, checkpoints, [(size, note)])
    return note


def prove(connection: sa.Connection, receipt: Receipt, frontier: Frontier, signer: Signer) -> ProvenReceipt:
    """The receipt with the proof of the log's newest event at this moment. The frontier is saved."""
    size, root = frontier.size, frontier.root()
    note = receipt_checkpoint(canonical(receipt), size, root, signer)
    if size == 0:
        return ProvenReceipt(receipt, Proof(0, "", [], note))
    node = tiles.node_reader(connection)
    path = merkle.inclusion_proof(size - 1, size, node)
    return ProvenReceipt(receipt, Proof(size - 1, node(0, size - 1).hex(), [each.hex() for each in path], note))


def check_end(connection: sa.Connection, frontier: Frontier, key: Verifier, anchor: Path) -> None:
    """Before anything is appended: the log ends where its newest checkpoint says, and is not behind its anchor.

    Raises Stop otherwise: whoever appends to a log that was put back makes a second history.
    """
    newest = latest(connection)
    if newest is None:
        if frontier.size:
            raise Stop("the log has events and no checkpoint: hub verify")
    else:
        checkpoint = read_checkpoint(newest, key)
        if (checkpoint.size, checkpoint.root) != (frontier.size, frontier.root()):
            raise Stop("the log does not end where its newest checkpoint says: hub verify")
    if (note := anchored(anchor)) is not None:
        seen = read_checkpoint(note, key)
        if (seen.size, seen.root) == (frontier.size, frontier.root()):
            return
        if seen.size > frontier.size or merkle.root(seen.size, tiles.node_reader(connection)) != seen.root:
            raise Stop("the log is not the one that was anchored: an older copy was put back, or it was changed")


def _newest(connection: sa.Connection) -> tuple[int, str | None]:
    newest = sa.select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return (found.size, found.note) if found else (0, None)
