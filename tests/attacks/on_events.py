"""Somebody with all rights on the log's database, but without its key: each way of changing its events, a function.

Each says what it did, and the rules of which one must name it: what is seen for another reason is not seen.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.database import insert_rows
from hub.events.wire import ProvenReceipt
from hub.log import checkpoint, tiles
from hub.log.notes import SIGNED, Checkpoint, sign, signer, write_checkpoint
from hub.log.store import Stored
from hub.log.tables import checkpoints, deliveries, heads

TOPIC = "vs.contact.held.v1"
STRANGER = signer(b"\x02" * 32, "hub.example/log", SIGNED)
CHANGED = {"event-changed", "checkpoint-wrong"}


class Did(NamedTuple):
    """What an attack did, and the rules of which at least one must name it."""

    what: str
    rules: set[str]


class Attacker(NamedTuple):
    """Hands on the database: its connection, chance, the log's size, and the column that holds positions."""

    connection: sa.Connection
    rng: random.Random
    size: int
    place: str

    def run(self, statement: str, **values: object) -> "sa.CursorResult[tuple[object, ...]]":
        return self.connection.execute(sa.text(statement.replace("POSITION", self.place)), values)

    def any(self, first: int = 1) -> int:
        return self.rng.randint(first, self.size)

    def event(self, position: int) -> tuple[str, int, str, bytes]:
        row = self.run(
            "SELECT originator_id, originator_version, topic, state FROM stored_events WHERE POSITION = :at",
            at=position,
        ).one()
        return row[0], row[1], row[2], bytes(row[3])

    def change(self, position: int, column: str, value: object) -> None:
        self.run(f"UPDATE stored_events SET {column} = :value WHERE POSITION = :at", value=value, at=position)


def edit_state(by: Attacker) -> Did:
    at = by.any()
    state = bytearray(by.event(at)[3])
    state[by.rng.randrange(len(state))] ^= 1 << by.rng.randrange(8)
    by.change(at, "state", bytes(state))
    return Did(f"one bit of the state of event {at}", CHANGED)


def cut_state(by: Attacker) -> Did:
    at = by.any()
    by.change(at, "state", by.event(at)[3][:-1])
    return Did(f"the last byte of event {at} is gone", CHANGED)


def edit_topic(by: Attacker) -> Did:
    at = by.any()
    by.change(at, "topic", by.rng.choice(["vs.contact.held.v2", "", TOPIC + " ", "vs.consent.given.v1"]))
    return Did(f"another topic for event {at}", CHANGED)


def cut_into_topic(by: Attacker) -> Did:
    """The very bytes that were hashed, cut in another place: only the form of a topic tells."""
    at = by.any()
    _, _, topic, state = by.event(at)
    before, _, rest = state.partition(b"|")
    by.change(at, "topic", f"{topic}|{before.decode()}")
    by.change(at, "state", rest)
    return Did(f"the beginning of the state of event {at} stands in its topic", {"event-changed"})


def cut_into_stream(by: Attacker) -> Did:
    """The same, where a state happens to go on like an event: `...|7|x|...`."""
    at = by.any()
    stream, version, topic, state = by.event(at)
    before, _, _, rest = state.split(b"|", 3)
    by.change(at, "originator_id", f"{stream}|{version}|{topic}|{before.decode()}")
    by.change(at, "originator_version", 7)
    by.change(at, "topic", "x")
    by.change(at, "state", rest)
    return Did(f"event {at} stands in its stream's name", {"event-changed"})


def cut_into_version(by: Attacker) -> Did:
    """The same in a version, where a column takes any type."""
    at = by.any()
    _, version, topic, state = by.event(at)
    before, _, rest = state.partition(b"|")
    by.change(at, "originator_version", f"{version}|{topic}")
    by.change(at, "topic", before.decode())
    by.change(at, "state", rest)
    return Did(f"the topic of event {at} stands in its version", {"event-changed"})


def state_as_text(by: Attacker) -> Did:
    at = by.any()
    by.change(at, "state", "{}")
    return Did(f"text for the state of event {at}", {"event-changed"})


def topic_of_no_text(by: Attacker) -> Did:
    at = by.any()
    by.run("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE POSITION = :at", at=at)
    return Did(f"bytes that are no text for the topic of event {at}", {"event-unreadable"})


def edit_stream(by: Attacker) -> Did:
    at = by.any()
    by.change(at, "originator_id", f"{by.rng.getrandbits(63):032x}")
    return Did(f"event {at} goes to another stream", CHANGED)


def edit_version(by: Attacker) -> Did:
    at = by.any()
    by.change(at, "originator_version", by.event(at)[1] + 1_000)
    return Did(f"another version for event {at}", CHANGED)


def delete_event(by: Attacker) -> Did:
    at = by.any()
    by.run("DELETE FROM stored_events WHERE POSITION = :at", at=at)
    return Did(f"event {at} deleted", {"event-missing"})


def delete_and_close(by: Attacker) -> Did:
    at = by.any()
    by.run("DELETE FROM stored_events WHERE POSITION = :at", at=at)
    for later in range(at + 1, by.size + 1):
        by.run("UPDATE stored_events SET POSITION = :to WHERE POSITION = :at", to=later - 1, at=later)
    return Did(f"event {at} deleted, all later ones moved up", {"event-missing", "event-changed"})


def cut_end(by: Attacker) -> Did:
    last = by.size - by.rng.randint(1, 40)
    by.run("DELETE FROM stored_events WHERE POSITION > :at", at=last)
    return Did(f"events after {last} deleted", {"event-missing"})


def cut_end_with_tree(by: Attacker) -> Did:
    """Back to an older checkpoint, everything in itself right: what a restored backup looks like."""
    sizes = list(by.connection.scalars(sa.select(checkpoints.c.size).order_by(checkpoints.c.size)))
    last = by.rng.choice(sizes[:-1])
    by.run("DELETE FROM stored_events WHERE POSITION > :at", at=last)
    by.run("DELETE FROM checkpoints WHERE size > :at", at=last)
    theirs = sa.select(deliveries.c.ordinal, deliveries.c.receipt).where(deliveries.c.receipt.is_not(None))
    for ordinal, kept in by.connection.execute(theirs).all():
        if msgspec.json.decode(kept, type=ProvenReceipt).receipt.position > last:
            by.run("DELETE FROM deliveries WHERE ordinal = :at", at=ordinal)
    rebuild(by)
    by.run("DELETE FROM heads")
    streams = by.run("SELECT originator_id, MAX(originator_version) FROM stored_events GROUP BY originator_id").all()
    insert_rows(by.connection, heads, [(int(str(s), 16), v, 1, None, b"") for s, v in streams])
    return Did(f"the whole log put back to {last}", {"anchor-ahead"})


def swap_states(by: Attacker) -> Did:
    one, other = by.rng.sample(range(1, by.size + 1), 2)
    states = by.event(one)[3], by.event(other)[3]
    by.change(one, "state", states[1])
    by.change(other, "state", states[0])
    if states[0] == states[1]:
        return edit_state(by)
    return Did(f"the states of events {one} and {other} swapped", CHANGED)


def swap_positions(by: Attacker) -> Did:
    one, other = by.rng.sample(range(1, by.size + 1), 2)
    for at, to in ((one, by.size + 9), (other, one), (by.size + 9, other)):
        by.run("UPDATE stored_events SET POSITION = :to WHERE POSITION = :at", to=to, at=at)
    return Did(f"events {one} and {other} change places", CHANGED)


def replay(by: Attacker) -> Did:
    at = by.any()
    stream, _, topic, state = by.event(at)
    insert(by, by.size + 1, (stream, 900, topic, state))
    return Did(f"event {at} once more, at the end", {"event-extra"})


def insert_early(by: Attacker) -> Did:
    place = by.rng.choice([0, -3])
    insert(by, place, (f"{77:032x}", 1, TOPIC, b"\0\2{}"))
    return Did(f"an event at position {place}", {"event-extra"})


def replace_event(by: Attacker) -> Did:
    at = by.any()
    by.run("DELETE FROM stored_events WHERE POSITION = :at", at=at)
    insert(by, at, (f"{78:032x}", 1, TOPIC, b"\0\2{}"))
    return Did(f"another event in the place of {at}", CHANGED)


def edit_and_rebuild(by: Attacker) -> Did:
    edit_state(by)
    rebuild(by)
    return Did("an event edited, and the tree made anew", {"checkpoint-wrong"})


def edit_and_sign(by: Attacker) -> Did:
    """All that somebody without the key can do: every checkpoint of the changed log, signed by another."""
    edit_state(by)
    root = rebuild(by)
    by.run("DELETE FROM checkpoints")
    text = write_checkpoint(Checkpoint(STRANGER.name, by.size, root, (checkpoint.after(0),)))
    insert_rows(by.connection, checkpoints, [(by.size, sign(text, STRANGER))])
    return Did("an event edited, the tree made anew, and signed by a stranger", {"checkpoint-unsigned"})


def insert(by: Attacker, at: int, event: Stored) -> None:
    names = ("stream", "version", "topic", "state")
    by.run(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, POSITION) "
        "VALUES (:stream, :version, :topic, :state, :at)",
        **dict(zip(names, event, strict=True)),
        at=at,
    )


def rebuild(by: Attacker) -> bytes:
    """The tree of the events as they are now; its root."""
    read = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY POSITION"
    frontier = tiles.Frontier()
    frontier.add(tiles.leaf_hashes((row[0], row[1], row[2], bytes(row[3])) for row in by.run(read)))  # type: ignore[misc]
    by.run("DELETE FROM tiles")
    frontier.save(by.connection)
    return frontier.root()


ON_EVENTS: tuple[Callable[[Attacker], Did], ...] = (
    edit_state,
    cut_state,
    edit_topic,
    cut_into_topic,
    cut_into_stream,
    edit_stream,
    edit_version,
    delete_event,
    delete_and_close,
    cut_end,
    cut_end_with_tree,
    swap_states,
    swap_positions,
    replay,
    insert_early,
    replace_event,
    edit_and_rebuild,
    edit_and_sign,
)
ON_SQLITE = (cut_into_version, state_as_text, topic_of_no_text)
"""Attacks that need a column which takes any type."""
