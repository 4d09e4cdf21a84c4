"""Is the log what it says it is? Every event is hashed again; tree, checkpoints, receipts and anchors are held to it.

A finding names a rule and a position, never a content. What is in the database proves itself; that nothing was cut off
its end, and that it is no older copy, only an anchor proves: a checkpoint that was kept elsewhere.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import NamedTuple

import sqlalchemy as sa

from hub.errors import HubError
from hub.log import merkle, tiles
from hub.log.checkpoint import after
from hub.log.notes import Checkpoint, Verifier, read_checkpoint
from hub.log.purged import Purged, Tally
from hub.log.receipts import check_receipt
from hub.log.rehash import Strip, differing, leaves, strip, strip_of
from hub.log.store import LogStore
from hub.log.streams import broken, events_of
from hub.log.tables import checkpoints, deliveries
from hub.log.tiles import HASH, HEIGHT, WIDTH

RULES = {
    "event-changed": "the event is not the one that was recorded",
    "event-missing": "no event stands here",
    "event-extra": "an event stands here that no checkpoint covers",
    "event-unreadable": "the database does not give this event away",
    "purge-differs": "not what the statement here says is purged; or its purge was killed: the next command ends it",
    "stream-broken": "the versions of this event's stream are not 1, 2, 3, ...",
    "head-wrong": "the head of this event's stream is not at its last version, or there is none",
    "tree-changed": "the stored tree is not that of the events here",
    "checkpoint-unsigned": "the checkpoint at this size is not one that the log's key has signed",
    "checkpoint-missing": "the checkpoint at this size follows another one than the one before it",
    "checkpoint-wrong": "the events up to here do not give what the checkpoint at this size says",
    "receipt-wrong": "a receipt of this size does not prove what it says",
    "anchor-ahead": "a checkpoint of this size was kept elsewhere, and the log is shorter: it was cut, or put back",
    "anchor-wrong": "the log up to this size is not the one of a checkpoint that was kept elsewhere",
}
NAMED = 100
"""Findings of one rule that are named; all are counted."""
MANY = 200_000
"""Events from which on a second process pays."""
STRIP = 1_024
"""Tiles of a strip, at most: one answer of a process."""
MOST_KEPT = 4_096
"""Tiles that are stored otherwise and are kept as the events give them: 32 MiB. Beyond, all is wrong anyway."""
PAGE = 500


class Finding(NamedTuple):
    """A rule that does not hold, and the log position where."""

    rule: str
    position: int


@dataclass
class Report:
    """What was checked, and what was found: the first findings of each rule, and the count of all."""

    events: int = 0
    checkpoints: int = 0
    receipts: int = 0
    anchors: int = 0
    purged: int = 0
    findings: list[Finding] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    def add(self, rule: str, position: int, last: int | None = None) -> None:
        """One finding, or one for each position up to `last`."""
        last = position if last is None else last
        named = max(0, NAMED - self.found[rule])
        self.found[rule] += last - position + 1
        self.findings += [Finding(rule, each) for each in range(position, min(last, position + named - 1) + 1)]


def verify_log(
    store: LogStore,
    key: Verifier,
    anchors: Iterable[str] = (),
    *,
    workers: int | None = None,
    echo: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Check the whole log against its key, and against checkpoints that were kept elsewhere (`anchors`, as notes)."""
    report = Report()
    with store.reading() as connection:
        newest = _newest(connection, key)
        size = newest.size
        end = _end(store, connection, report, size)
        report.events = min(end, size)
        with _strips(store, report.events // WIDTH, workers) as strips:
            for rule, position in broken(store, connection):
                report.add(rule, position)
            tally = Tally()
            grown = _rehashed(store, strips, report, echo, tally)
        node = _tree(connection, grown, report, size)
        _checkpoints(connection, key, node, report)
        _receipts(connection, key, node, report)
        _anchors(anchors, key, node, report, end)
        _purges(tally, report)
    _name_differences(report, events_are_right=(report.events, grown.frontier.root()) == (size, newest.root))
    return report


class _Grown(NamedTuple):
    """The tree as the events give it, and those of its lowest tiles that are stored otherwise."""

    frontier: tiles.Frontier
    otherwise: dict[tuple[int, int], bytes]


def _signed(size: int, note: bytes, key: Verifier) -> Checkpoint | None:
    """A stored checkpoint, None for one that the key has not signed for this size."""
    try:
        checkpoint = read_checkpoint(note.decode(), key)
    except (HubError, UnicodeDecodeError):
        return None
    return checkpoint if checkpoint.size == size else None


def _newest(connection: sa.Connection, key: Verifier) -> Checkpoint:
    """The newest checkpoint that the key has signed: so far the log is to go."""
    for size, note in _pages(connection, checkpoints.c.size, _note(connection), newest_first=True):
        if (checkpoint := _signed(size, note, key)) is not None:
            return checkpoint
    return Checkpoint(key.name, 0, merkle.EMPTY)


def _end(store: LogStore, connection: sa.Connection, report: Report, size: int) -> int:
    """The position of the last event. Events outside of 1 .. size are findings, missing ones at the end too."""
    position = events_of(store).position
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(position), 0))).scalar_one()
    early = connection.execute(sa.select(sa.func.count()).where(position < 1)).scalar_one()
    if early:
        report.add("event-extra", 1 - early, 0)
    if last > size:
        report.add("event-extra", size + 1, last)
    if last < size:
        report.add("event-missing", last + 1, size)
    return int(last)


@contextmanager
def _strips(store: LogStore, whole: int, workers: int | None) -> Iterator[Iterator[Strip]]:
    """Strips of all whole tiles, in order: in this process, or hashed by others while this one asks other things."""
    if workers is None:
        workers = min(os.cpu_count() or 1, 4) if whole * WIDTH > MANY else 1
    width = min(STRIP, max(1, -(-whole // (4 * workers))))
    firsts = range(0, whole, width)
    lasts = [min(first + width, whole) for first in firsts]
    if workers == 1:
        yield map(strip, [store] * len(lasts), firsts, lasts)
        return
    url = store.database.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield pool.map(strip_of, [url] * len(lasts), firsts, lasts)


def _rehashed(
    store: LogStore, strips: Iterator[Strip], report: Report, echo: Callable[[str], None], tally: Tally
) -> _Grown:
    """The tree of the events up to `report.events`."""
    frontier, otherwise, done = tiles.Frontier(), dict[tuple[int, int], bytes](), 0
    for each in strips:
        frontier.grow(1, done, each.roots)
        done += each.tiles
        room = max(0, MOST_KEPT - len(otherwise))
        otherwise.update({(0, tile): hashes for tile, hashes in each.otherwise[:room]})
        for rule, position in each.findings:
            report.add(rule, position)
        tally.add(each.purged)
        echo(f"checked {done * WIDTH:,} of {report.events:,} events")
    frontier.size = done * WIDTH
    missed: list[tuple[str, int]] = []
    with store.reading() as connection:
        open_tile = {done: tiles.read(connection, 0, done)}
    purged = Purged()
    frontier.add(leaves(store, frontier.size, report.events, missed, open_tile, purged))
    tally.add(purged)
    for rule, position in missed:
        report.add(rule, position)
    return _Grown(frontier, otherwise)


def _tree(connection: sa.Connection, grown: _Grown, report: Report, size: int) -> merkle.Node:
    """The nodes of the events' tree: the stored tiles, each held to the events, or what the events give instead."""
    otherwise = grown.otherwise
    for row, tile, mine in grown.frontier.take():
        stored = tiles.read(connection, row, tile)
        expected = min(WIDTH, (size >> HEIGHT * row) - tile * WIDTH) * HASH
        if stored[: len(mine)] != mine or len(stored) != expected:
            otherwise[row, tile] = mine
            first = (tile << HEIGHT * (row + 1)) + 1
            found = differing(tile, mine, stored) if row == 0 else [("tree-changed", first)]
            for rule, position in found:
                report.add(rule, position)
    if tiles.count(connection) != sum(-(-(size >> HEIGHT * row) // WIDTH) for row in range(8)):
        report.add("tree-changed", size)
    return tiles.nodes(lambda row, tile: otherwise.get((row, tile)) or tiles.read(connection, row, tile))


def _checkpoints(connection: sa.Connection, key: Verifier, node: merkle.Node, report: Report) -> None:
    """Every checkpoint is signed, follows the one before it, and says what the events give."""
    before = 0
    for size, note in _pages(connection, checkpoints.c.size, _note(connection)):
        report.checkpoints += 1
        checkpoint = _signed(size, note, key)
        if checkpoint is None:
            report.add("checkpoint-unsigned", size)
            continue
        if checkpoint.more != (after(before),):
            report.add("checkpoint-missing", size)
        if size <= report.events and not _is_root(size, checkpoint.root, node):
            report.add("checkpoint-wrong", size)
        before = size


def _receipts(connection: sa.Connection, key: Verifier, node: merkle.Node, report: Report) -> None:
    """Every stored receipt proves its event in its checkpoint, and the checkpoint is one of this log."""
    kept = sa.cast(deliveries.c.receipt, sa.LargeBinary)
    for _, document in _pages(connection, deliveries.c.ordinal, kept):
        report.receipts += 1
        size = 0
        try:
            size, root = check_receipt(document, key).checkpoint[1:3]
        except HubError:
            root = b""
        if size > report.events or not _is_root(size, root, node):
            report.add("receipt-wrong", size)


def _anchors(anchors: Iterable[str], key: Verifier, node: merkle.Node, report: Report, end: int) -> None:
    for note in anchors:
        report.anchors += 1
        try:
            checkpoint = read_checkpoint(note, key)
        except HubError:
            report.add("anchor-wrong", 0)
            continue
        if checkpoint.size > end:
            report.add("anchor-ahead", checkpoint.size)
        elif checkpoint.size > report.events or not _is_root(checkpoint.size, checkpoint.root, node):
            report.add("anchor-wrong", checkpoint.size)


def _purges(tally: Tally, report: Report) -> None:
    """Each statement of a purge and the rows that name it fit together; what no statement excuses is missing."""
    for position in tally.differing():
        report.add("purge-differs", position)
    for positions, number in tally.unexcused():
        for position in positions:
            report.add("event-missing", position)
        report.found["event-missing"] += number - len(positions)
    report.purged = tally.excused()


def _is_root(size: int, root: bytes, node: merkle.Node) -> bool:
    try:
        return merkle.root(size, node) == root
    except HubError:  # a tile that is not there, and was not worked out again
        return False


def _name_differences(report: Report, *, events_are_right: bool) -> None:
    """A leaf that differs is a changed event, unless the events give the signed root: then the tree was changed."""
    rule = "tree-changed" if events_are_right else "event-changed"
    if differing_leaves := report.found.pop("leaf-differs", 0):
        report.found[rule] += differing_leaves
    report.findings = sorted(
        {Finding(rule if each.rule == "leaf-differs" else each.rule, each.position) for each in report.findings},
        key=lambda each: (each.position, each.rule),
    )


def _note(connection: sa.Connection) -> "sa.ColumnElement[bytes]":
    """A checkpoint's note as bytes, whatever somebody put there."""
    if connection.dialect.name == "postgresql":
        return sa.func.convert_to(checkpoints.c.note, "UTF8")
    return sa.cast(checkpoints.c.note, sa.LargeBinary)


def _pages(
    connection: sa.Connection, key: "sa.Column[int]", said: "sa.ColumnElement[bytes]", *, newest_first: bool = False
) -> Iterator[tuple[int, bytes]]:
    """What a long table says, in the order of its key, a page at a time."""
    rest: sa.ColumnElement[bool] = sa.true()
    while rows := connection.execute(
        sa.select(key, said).where(rest, said.is_not(None)).order_by(key.desc() if newest_first else key).limit(PAGE)
    ).all():
        yield from ((row[0], row[1]) for row in rows)
        rest = key < rows[-1][0] if newest_first else key > rows[-1][0]
