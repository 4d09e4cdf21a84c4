"""The log's Merkle tree in the database, as tiles of 256 hashes (the C2SP tlog-tiles shape, height 8).

Tile row 0 holds the leaves' hashes, row 1 the roots of full tiles of row 0, and so on. What lies between two rows is
worked out when it is asked for. Only the last tile of a row is ever written again: appending costs O(new + log n).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa

from hub.database import replace_rows
from hub.errors import Stop
from hub.log import merkle
from hub.log.store import Stored
from hub.log.tables import tiles

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile."""
HASH = 32
CACHED = 64
HASHES = sa.cast(tiles.c.hashes, sa.LargeBinary)
"""As bytes, whatever somebody put there: SQLite's columns take any type."""


def leaf_hashes(events: Iterable[Stored]) -> list[bytes]:
    """The leaves of events as they are stored: SHA-256 of a zero byte and `stream|version|topic|state` (RFC 9162)."""
    hashed = sha256
    return [
        hashed(f"\0{stream}|{version:d}|{topic}|".encode() + state).digest() for stream, version, topic, state in events
    ]


def top(hashes: Sequence[bytes]) -> bytes:
    """The root of a perfect subtree: 1, 2, 4, ... hashes."""
    hashed = sha256
    while len(hashes) > 1:
        hashes = [hashed(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


class Frontier:
    """The right edge of the growing tree, for one transaction: leaves go in, tiles go out to the database.

    In memory are one open tile a row and the tiles that were filled since the last `save`.
    """

    def __init__(self, size: int = 0, edge: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self._open = [list(hashes) for hashes in edge]
        self._full: list[tuple[int, int, bytes]] = []
        self._root: bytes | None = None

    def add(self, leaves: Sequence[bytes]) -> None:
        """Append leaves, given by their hashes."""
        self.grow(0, self.size, leaves)
        self.size += len(leaves)
        self._root = None

    def grow(self, row: int, before: int, hashes: Sequence[bytes]) -> None:
        """Append to a row of tiles that holds so many hashes already; the rows above follow."""
        while hashes:
            while row >= len(self._open):
                self._open.append([])
            edge, tile = self._open[row], before >> HEIGHT
            edge.extend(hashes)
            hashes = []
            for start in range(0, len(edge) - WIDTH + 1, WIDTH):
                filled = edge[start : start + WIDTH]
                self._full.append((row, tile + len(hashes), b"".join(filled)))
                hashes.append(top(filled))
            del edge[: len(hashes) * WIDTH]
            row, before = row + 1, tile

    def root(self) -> bytes:
        """The root of the whole tree."""
        if self._root is None:
            self._root = merkle.root(self.size, self._node)
        return self._root

    def take(self) -> list[tuple[int, int, bytes]]:
        """Tiles filled since the last call, and the open ones: (row, tile, hashes)."""
        made, self._full = self._full, []
        for row, edge in enumerate(self._open):
            if edge:
                made.append((row, self.size >> HEIGHT * (row + 1), b"".join(edge)))
        return made

    def save(self, connection: sa.Connection) -> None:
        """Write what has changed since the last call."""
        replace_rows(connection, tiles, self.take())

    def _node(self, level: int, index: int) -> bytes:
        row, height = divmod(level, HEIGHT)
        start = (index << height) % WIDTH
        return top(self._open[row][start : start + (1 << height)])


def load(connection: sa.Connection, size: int) -> Frontier:
    """The right edge of the tree of `size` leaves. Reads one tile a row; raises Stop when one does not fit the size."""
    edge = []
    row = 0
    while count := size >> HEIGHT * row:
        hashes = read(connection, row, count >> HEIGHT) if count % WIDTH else b""
        if len(hashes) != count % WIDTH * HASH:
            raise Stop(f"the log's tree does not fit its {size:,} events: hub verify")
        edge.append(_split(hashes))
        row += 1
    return Frontier(size, edge)


def read(connection: sa.Connection, row: int, tile: int) -> bytes:
    """A tile's hashes, none for a tile that is not there."""
    found = connection.scalar(sa.select(HASHES).where(tiles.c.level == row, tiles.c.tile == tile))
    return found or b""


def count(connection: sa.Connection) -> int:
    """How many tiles are stored."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(tiles)).scalar_one())


def node_reader(connection: sa.Connection) -> merkle.Node:
    """The tree's nodes as the database has them, for proofs. Reads each tile once: make a new one after each `save`."""
    return nodes(lambda row, tile: read(connection, row, tile))


def nodes(read: Callable[[int, int], bytes]) -> merkle.Node:
    """The nodes of a tree whose tiles `read` gives by row and number. Raises Stop for a node that is not there."""

    @lru_cache(maxsize=CACHED)
    def pyramid(row: int, tile: int) -> list[list[bytes]]:
        floors = [_split(read(row, tile))]
        while len(below := floors[-1]) > 1:
            floors.append([top(below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
        return floors

    def node(level: int, index: int) -> bytes:
        row, height = divmod(level, HEIGHT)
        tile, at = divmod(index << height, WIDTH)
        floors = pyramid(row, tile)
        if height >= len(floors) or at >> height >= len(floors[height]):
            raise Stop(f"a part of the log's tree is missing (row {row}, tile {tile}): hub verify")
        return floors[height][at >> height]

    return node


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
