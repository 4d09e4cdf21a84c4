"""What the log shows of purges: rows without content, each naming the position of the statement that excuses it.

The leaf of such a row stands in the tree's tiles alone. A statement excuses the leaves that give its root, no event
more and none less. See purging.py for how they get there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from hub.events.log import LogPurged
from hub.log.sealed import split
from hub.log.tiles import HASH, WIDTH, Frontier

STATEMENT = LogPurged.topic()
_MARK = re.compile(r"purged\.([1-9][0-9]{0,17})")
NAMED = 100
"""Rows of one statement that are known by position; all are counted."""
Row = tuple[int, str, int, str, bytes]


def mark(statement: int) -> str:
    """What stands in the place of a purged event's type: where the log says that, and why, it was purged."""
    return f"purged.{statement}"


def named_by(topic: str, state: bytes) -> int | None:
    """The statement that a row names; None for a row that holds an event."""
    found = _MARK.fullmatch(topic) if state == b"" else None
    return int(found[1]) if found else None


@dataclass
class Rows:
    """The purged rows that name one statement, in order: their leaves, where the first of them stand, and the last."""

    leaves: bytearray = field(default_factory=bytearray)
    first: list[int] = field(default_factory=list)
    last: int = 0


@dataclass
class Purged:
    """What some events of the log, in order, show of purges: rows by their statement, and statements by position."""

    rows: dict[int, Rows] = field(default_factory=dict)
    statements: dict[int, bytes] = field(default_factory=dict)

    def look(self, events: Sequence[Row], hashes: list[bytes], after: int, stored: Mapping[int, bytes]) -> list[bytes]:
        """The leaves of the events after a position, those of purged ones from the stored tiles, by their numbers."""
        if any(_is_ours(topic) for topic in {event[3] for event in events if isinstance(event[3], str)}):
            for position, _, _, topic, state in events:
                if topic == STATEMENT:
                    self.statements[position] = state
                elif isinstance(topic, str) and (statement := named_by(topic, state)) is not None:
                    hashes[position - after - 1] = self._note(statement, position, stored)
        return hashes

    def _note(self, statement: int, position: int, stored: Mapping[int, bytes]) -> bytes:
        tile, at = divmod(position - 1, WIDTH)
        leaf = stored.get(tile, b"")[at * HASH : (at + 1) * HASH].ljust(HASH, b"\0")
        rows = self.rows.setdefault(statement, Rows())
        rows.leaves += leaf
        rows.last = position
        if len(rows.first) < NAMED:
            rows.first.append(position)
        return leaf


@dataclass
class _Sum:
    frontier: Frontier = field(default_factory=Frontier)
    first: list[int] = field(default_factory=list)
    last: int = 0


class Tally:
    """All rows and statements of a log, added up in its order."""

    def __init__(self) -> None:
        self._sums: dict[int, _Sum] = {}
        self._statements: dict[int, LogPurged | None] = {}

    def add(self, seen: Purged) -> None:
        """What the next events showed."""
        for statement, rows in seen.rows.items():
            total = self._sums.setdefault(statement, _Sum())
            add_leaves(total.frontier, rows.leaves)
            total.first += rows.first[: NAMED - len(total.first)]
            total.last = rows.last
        self._statements |= {position: stated(state) for position, state in seen.statements.items()}

    def differing(self) -> Iterator[int]:
        """Positions of statements that do not say what was purged under their name."""
        for position, said in self._statements.items():
            if said is None or not _fits(said, self._sums.get(position, _Sum()), position):
                yield position

    def unexcused(self) -> Iterator[tuple[list[int], int]]:
        """Rows that name a statement which there is not: the first of them, and how many."""
        for statement, total in self._sums.items():
            if statement not in self._statements:
                yield total.first, total.frontier.size

    def excused(self) -> int:
        """How many rows are purged under a statement."""
        return sum(total.frontier.size for at, total in self._sums.items() if at in self._statements)


def add_leaves(frontier: Frontier, leaves: bytes | bytearray) -> None:
    """Grow a tree of purged leaves. Its tiles are nobody's to keep."""
    frontier.add([bytes(leaves[at : at + HASH]) for at in range(0, len(leaves), HASH)])
    frontier.take()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of purged leaves, in runs of any length and in their order."""
    frontier = Frontier()
    for run in leaves:
        add_leaves(frontier, run)
    return frontier.root()


def stated(state: bytes) -> LogPurged | None:
    """What a statement says; None where it says something else."""
    try:
        return LogPurged.model_validate(msgspec.json.decode(split(state)[2])["data"])
    except (ValueError, LookupError, TypeError):  # msgspec's and pydantic's errors are ValueErrors
        return None


def _is_ours(topic: str) -> bool:
    return topic == STATEMENT or topic.startswith("purged.")


def _fits(said: LogPurged, total: _Sum, position: int) -> bool:
    if not total.frontier.size or total.last >= position:
        return False
    return (said.events, said.first_position, said.last_position, said.root) == (
        total.frontier.size,
        total.first[0],
        total.last,
        total.frontier.root().hex(),
    )
