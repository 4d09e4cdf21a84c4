"""Stored events → their leaves, again: each event of a strip of the log is hashed and held against the tree's tiles."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from hub.database import open_database
from hub.errors import HubError
from hub.log.purged import Purged
from hub.log.store import LogStore
from hub.log.tables import tiles
from hub.log.tiles import HASH, HASHES, WIDTH, top

PAGE = 16 * WIDTH
"""Events read at once."""
NO_LEAF = bytes(HASH)
"""Stands where an event is missing, so that all others keep their places."""
STREAM = 32
Event = tuple[int, str, int, str, bytes]


class Strip(NamedTuple):
    """What was found in some whole tiles: their roots, tiles that are stored otherwise, (rule, position) pairs, and
    what the events show of purges."""

    tiles: int
    roots: list[bytes]
    otherwise: list[tuple[int, bytes]]
    findings: list[tuple[str, int]]
    purged: Purged


def strip_of(url: str, first: int, last: int) -> Strip:
    """The strip of the tiles first .. last - 1, in a process of its own."""
    with closing(LogStore(open_database(url, "log"))) as store:
        return strip(store, first, last)


def strip(store: LogStore, first: int, last: int) -> Strip:
    """Hash every event of the tiles first .. last - 1 again. Memory: one page of events, 8 KiB a tile."""
    found = Strip(last - first, [], [], [], Purged())
    for begin in range(first, last, PAGE // WIDTH):
        end = min(begin + PAGE // WIDTH, last)
        stored = _stored(store, begin, end)
        hashes = leaves(store, begin * WIDTH, end * WIDTH, found.findings, stored, found.purged)
        for tile in range(begin, end):
            mine = hashes[(tile - begin) * WIDTH : (tile - begin + 1) * WIDTH]
            found.roots.append(top(mine))
            packed = b"".join(mine)
            if packed != stored.get(tile):
                found.otherwise.append((tile, packed))
                found.findings.extend(differing(tile, packed, stored.get(tile, b"")))
    return found


def leaves(
    store: LogStore,
    after: int,
    until: int,
    findings: list[tuple[str, int]],
    stored: Mapping[int, bytes],
    purged: Purged,
) -> list[bytes]:
    """The leaf of each event after .. until, in order. A purged one's is what the `stored` tiles say it was."""
    if after == until:
        return []
    rows = _read(store, after, until, findings)
    try:
        if len(rows) == until - after and rows[0][0] == after + 1 and rows[-1][0] == until:
            return purged.look(rows, _hashed(rows), after, stored)
    except (TypeError, ValueError):
        pass  # an event with something in it that no event has: found below
    at = {row[0]: row for row in rows}
    unreadable = {position for _, position in findings}
    hashes = []
    for position in range(after + 1, until + 1):
        try:
            hashes += _hashed([at[position]])
        except (KeyError, TypeError, ValueError) as error:
            hashes.append(NO_LEAF)
            if position not in unreadable:
                findings.append(("event-missing" if isinstance(error, KeyError) else "event-changed", position))
    return purged.look(rows, hashes, after, stored)


def differing(tile: int, mine: bytes, stored: bytes) -> list[tuple[str, int]]:
    """Which leaves of a tile are stored otherwise; the tile's first position where it is absent or of another size."""
    if len(stored) < len(mine):
        return [("tree-changed", tile * WIDTH + 1)]
    places = [at for at in range(0, len(mine), HASH) if mine[at : at + HASH] != stored[at : at + HASH]]
    changed = [at for at in places if mine[at : at + HASH] != NO_LEAF]
    longer = [("tree-changed", tile * WIDTH + 1)] if not places else []
    return longer + [("leaf-differs", tile * WIDTH + at // HASH + 1) for at in changed]


def _hashed(rows: Sequence[Event]) -> list[bytes]:
    """The leaves of events. Raises TypeError or ValueError for one that could be read in two ways."""
    _, streams, _, topics, _ = zip(*rows, strict=True)
    if set(map(len, streams)) != {STREAM} or any("|" in topic for topic in set(topics)):
        raise ValueError("an event whose leaf could be another one's")
    hashed = sha256
    return [
        hashed(f"\0{stream}|{version:d}|{topic}|".encode() + state).digest()
        for _, stream, version, topic, state in rows
    ]


def _read(store: LogStore, after: int, until: int, findings: list[tuple[str, int]]) -> list[Event]:
    """The events that can be read. A page that cannot is halved until the one event is found."""
    try:
        return store.read(after, until, until - after)
    except HubError:
        if until - after == 1:
            findings.append(("event-unreadable", until))
            return []
        middle = (after + until) // 2
        return _read(store, after, middle, findings) + _read(store, middle, until, findings)


def _stored(store: LogStore, first: int, last: int) -> dict[int, bytes]:
    wanted = sa.select(tiles.c.tile, HASHES).where(tiles.c.level == 0, tiles.c.tile >= first, tiles.c.tile < last)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}
