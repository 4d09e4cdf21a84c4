"""Somebody with all rights on the database of a log in which something was purged, but without its key.

Each way of hiding behind a purge, or of undoing one, is a function; it says what it did, and which rules may name it.
"""

from collections.abc import Callable

import msgspec

from hub.log import tiles
from hub.log.purged import STATEMENT, mark, named_by
from hub.log.sealed import split
from tests.attacks.on_events import CHANGED, Attacker, Did

HIDDEN = {"purge-differs"}


def empty_another(by: Attacker) -> Did:
    """An event that was not purged, made to look as if it was: under a statement that there is."""
    at, statement = an_event(by), a_statement(by)
    empty(by, at, mark(statement))
    return Did(f"event {at} emptied under the statement at {statement}", HIDDEN)


def empty_unstated(by: Attacker) -> Did:
    at, nowhere = an_event(by), by.rng.choice([a_purged(by), by.size + 5, 10**9])
    empty(by, at, mark(nowhere))
    return Did(f"event {at} emptied, and no statement at {nowhere}", {"event-missing"})


def empty_unnamed(by: Attacker) -> Did:
    at = an_event(by)
    empty(by, at, by.rng.choice(["purged.", "purged.0", "purged", "purged.007", "", "vs.log.purged.v1"]))
    return Did(f"event {at} emptied under no name", CHANGED)


def purge_all_of_it(by: Attacker) -> Did:
    """A whole stretch of the log is emptied, and the statement changed to fit."""
    statement = a_statement(by)
    for at in range(1, statement):
        empty(by, at, mark(statement))
    state_more(by, statement, events=statement - 1, first_position=1, last_position=statement - 1)
    return Did("everything before the statement emptied, and the statement says so", CHANGED)


def state_another(by: Attacker) -> Did:
    statement = a_statement(by)
    state_more(by, statement, events=1)
    return Did(f"the statement at {statement} says otherwise", CHANGED)


def forge_statement(by: Attacker) -> Did:
    """A statement of the attacker's own, behind the end of the signed log."""
    at = an_event(by)
    empty(by, at, mark(by.size + 1))
    stream, _, _, state = by.event(a_statement(by))
    by.run(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, POSITION) "
        "VALUES (:stream, 2, :topic, :state, :at)",
        **{"stream": stream, "topic": STATEMENT, "state": state, "at": by.size + 1},
    )
    return Did(f"event {at} emptied under a forged statement", {"event-extra"})


def unpurge(by: Attacker) -> Did:
    """A purged event is back, with other content: what was there, nobody has any more."""
    at, other = a_purged(by), an_event(by)
    _, _, topic, state = by.event(other)
    by.change(at, "topic", topic)
    by.change(at, "state", state)
    return Did(f"the purged event {at} has content", CHANGED | HIDDEN)


def fill_purged(by: Attacker) -> Did:
    """A purged event keeps its name, and has content."""
    at = a_purged(by)
    by.change(at, "state", by.rng.randbytes(60))
    return Did(f"content under the name of the purged event {at}", CHANGED | HIDDEN)


def rename_purged(by: Attacker) -> Did:
    at = a_purged(by)
    by.change(at, "topic", mark(by.size + by.rng.randrange(3)))
    return Did(f"the purged event {at} names another statement", {"event-missing"} | HIDDEN)


def delete_purged(by: Attacker) -> Did:
    at = a_purged(by)
    by.run("DELETE FROM stored_events WHERE POSITION = :at", at=at)
    return Did(f"the purged event {at} deleted", {"event-missing"})


def swap_with_purged(by: Attacker) -> Did:
    """A purged event and one that was not change places."""
    one, other = a_purged(by), an_event(by)
    for at, to in ((one, by.size + 9), (other, one), (by.size + 9, other)):
        by.run("UPDATE stored_events SET POSITION = :to WHERE POSITION = :at", to=to, at=at)
    return Did(f"the purged event {one} and event {other} change places", CHANGED)


def edit_purged_leaf(by: Attacker) -> Did:
    """The one place in which a purged event's leaf still stands."""
    at = a_purged(by) - 1
    tile = at // tiles.WIDTH
    hashes = bytearray(tiles.read(by.connection, 0, tile))
    hashes[at % tiles.WIDTH * tiles.HASH] ^= 1
    by.run("UPDATE tiles SET hashes = :hashes WHERE level = 0 AND tile = :tile", hashes=bytes(hashes), tile=tile)
    return Did(f"the leaf of the purged event {at + 1}", {"checkpoint-wrong"})


def delete_statement(by: Attacker) -> Did:
    at = a_statement(by)
    by.run("DELETE FROM stored_events WHERE POSITION = :at", at=at)
    return Did(f"the statement at {at} deleted", {"event-missing"})


def empty_statement(by: Attacker) -> Did:
    """The statement itself, emptied under its own name."""
    at = a_statement(by)
    empty(by, at, mark(at))
    return Did(f"the statement at {at} emptied", {"event-missing"})


def another_version(by: Attacker) -> Did:
    at = a_purged(by)
    by.change(at, "originator_version", by.event(at)[1] + 7)
    return Did(f"another version for the purged event {at}", {"stream-broken", "head-wrong"})


def forget_purged_head(by: Attacker) -> Did:
    by.run("DELETE FROM heads WHERE stream = :at", at=int(by.event(a_purged(by))[0], 16))
    return Did("the head of a purged record deleted", {"head-wrong"})


def a_purged(by: Attacker) -> int:
    return by.rng.choice(where(by, lambda topic, state: named_by(topic, state) is not None))


def an_event(by: Attacker) -> int:
    return by.rng.choice(where(by, lambda topic, state: named_by(topic, state) is None and topic != STATEMENT))


def a_statement(by: Attacker) -> int:
    return by.rng.choice(where(by, lambda topic, _state: topic == STATEMENT))


def where(by: Attacker, fits: Callable[[str, bytes], bool]) -> list[int]:
    rows = by.run("SELECT POSITION, topic, state FROM stored_events ORDER BY 1").all()
    return [int(str(row[0])) for row in rows if fits(str(row[1]), bytes(row[2]))]  # type: ignore[call-overload]


def empty(by: Attacker, at: int, name: str) -> None:
    by.change(at, "topic", name)
    by.change(at, "state", b"")


def state_more(by: Attacker, at: int, **more: int) -> None:
    state = by.event(at)[3]
    _, head, rest = split(state)
    said = msgspec.json.decode(rest)
    said["data"] |= more
    by.change(at, "state", head + msgspec.json.encode(said))


ON_PURGED: tuple[Callable[[Attacker], Did], ...] = (
    empty_another,
    empty_unstated,
    empty_unnamed,
    purge_all_of_it,
    state_another,
    forge_statement,
    unpurge,
    fill_purged,
    rename_purged,
    delete_purged,
    swap_with_purged,
    edit_purged_leaf,
    delete_statement,
    empty_statement,
    another_version,
    forget_purged_head,
)
