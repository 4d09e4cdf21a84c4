"""The same hands on what proves the log: tiles, checkpoints, receipts and heads."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from hub.database import insert_rows, replace_rows
from hub.events.wire import ProvenReceipt
from hub.log import tiles
from hub.log.tables import checkpoints, deliveries, heads
from tests.attacks.on_events import Attacker, Did

TREE = {"tree-changed"}


def edit_tile(by: Attacker) -> Did:
    level, tile, hashes = a_tile(by)
    place = by.rng.randrange(len(hashes))
    changed = hashes[:place] + bytes([hashes[place] ^ 1]) + hashes[place + 1 :]
    replace_rows(by.connection, tiles.tiles, [(level, tile, changed)])
    return Did(f"a byte of tile {level}/{tile}", TREE)


def resize_tile(by: Attacker) -> Did:
    level, tile, hashes = a_tile(by)
    longer = by.rng.random() < 0.5
    replace_rows(by.connection, tiles.tiles, [(level, tile, hashes + hashes[:32] if longer else hashes[:-32])])
    return Did(f"tile {level}/{tile} {'longer' if longer else 'shorter'}", TREE)


def delete_tile(by: Attacker) -> Did:
    level, tile, _ = a_tile(by)
    by.run("DELETE FROM tiles WHERE level = :level AND tile = :tile", level=level, tile=tile)
    return Did(f"tile {level}/{tile} deleted", TREE)


def add_tile(by: Attacker) -> Did:
    insert_rows(by.connection, tiles.tiles, [(by.rng.randrange(4), 900, b"\0" * 32)])
    return Did("a tile more", TREE)


def edit_checkpoint(by: Attacker) -> Did:
    size, note = a_checkpoint(by)
    letters = [at for at, letter in enumerate(note) if letter.isalnum()]
    at = by.rng.choice(letters)
    changed = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
    by.run("UPDATE checkpoints SET note = :note WHERE size = :size", note=changed, size=size)
    return Did(f"a letter of the checkpoint at {size}", {"checkpoint-unsigned"})


def move_checkpoint(by: Attacker) -> Did:
    size, _ = a_checkpoint(by)
    by.run("UPDATE checkpoints SET size = :to WHERE size = :size", to=by.size + 5, size=size)
    return Did(f"the checkpoint at {size} under another size", {"checkpoint-unsigned"})


def delete_checkpoint(by: Attacker) -> Did:
    size, _ = a_checkpoint(by)
    by.run("DELETE FROM checkpoints WHERE size = :size", size=size)
    return Did(f"the checkpoint at {size} deleted", {"checkpoint-missing", "event-extra"})


def swap_checkpoint_for_receipt(by: Attacker) -> Did:
    """A note that the log did sign, in a place where it did not stand."""
    size, _ = a_checkpoint(by)
    note = msgspec.json.decode(a_receipt(by)[1], type=ProvenReceipt).proof.checkpoint
    by.run("UPDATE checkpoints SET note = :note WHERE size = :size", note=note, size=size)
    return Did(f"a receipt's checkpoint in the place of that at {size}", {"checkpoint-unsigned", "checkpoint-missing"})


def edit_receipt(by: Attacker) -> Did:
    ordinal, kept = a_receipt(by)
    changed = kept.replace(b'"accepted":', b'"accepted":1').replace(b'"received":', b'"received":1')
    by.run("UPDATE deliveries SET receipt = :kept WHERE ordinal = :at", kept=changed, at=ordinal)
    return Did(f"other counts in receipt {ordinal}", {"receipt-wrong"})


def swap_receipts(by: Attacker) -> Did:
    (one, kept), (other, instead) = a_receipt(by), a_receipt(by)
    changed = kept.replace(kept[kept.index(b'"proof"') :], instead[instead.index(b'"proof"') :])
    if one == other:
        return edit_receipt(by)
    by.run("UPDATE deliveries SET receipt = :kept WHERE ordinal = :at", kept=changed, at=one)
    return Did(f"receipt {one} with the proof of {other}", {"receipt-wrong"})


def edit_head(by: Attacker) -> Did:
    stream = by.rng.choice(list(by.connection.scalars(sa.select(heads.c.stream))))
    by.run("UPDATE heads SET version = version + :by WHERE stream = :at", by=by.rng.choice([1, -1]), at=stream)
    return Did(f"another version in the head of stream {stream}", {"head-wrong"})


def delete_head(by: Attacker) -> Did:
    stream = by.rng.choice(list(by.connection.scalars(sa.select(heads.c.stream))))
    by.run("DELETE FROM heads WHERE stream = :at", at=stream)
    return Did(f"the head of stream {stream} deleted", {"head-wrong"})


def head_of_nothing(by: Attacker) -> Did:
    version = by.rng.choice([0, 1])
    insert_rows(by.connection, heads, [(by.rng.getrandbits(40), version, 1, None, b"")])
    return Did(f"a head at version {version} of a stream without events", {"head-wrong"})


def a_tile(by: Attacker) -> tuple[int, int, bytes]:
    return by.rng.choice([(row[0], row[1], row[2]) for row in by.connection.execute(sa.select(tiles.tiles))])


def a_checkpoint(by: Attacker) -> tuple[int, str]:
    return by.rng.choice([(row[0], row[1]) for row in by.connection.execute(sa.select(checkpoints))])


def a_receipt(by: Attacker) -> tuple[int, bytes]:
    kept = sa.select(deliveries.c.ordinal, deliveries.c.receipt).where(deliveries.c.receipt.is_not(None))
    return by.rng.choice([(row[0], row[1]) for row in by.connection.execute(kept)])


ON_PROOFS: tuple[Callable[[Attacker], Did], ...] = (
    edit_tile,
    resize_tile,
    delete_tile,
    add_tile,
    edit_checkpoint,
    move_checkpoint,
    delete_checkpoint,
    swap_checkpoint_for_receipt,
    edit_receipt,
    swap_receipts,
    edit_head,
    delete_head,
    head_of_nothing,
)
