"""Records that a file names more than once. Found in a first pass, in memory that follows the file's size and no more.

What is not named twice can leave at once; the rest is held back until the last row was read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from hub.edge.seal import Sealable
from hub.events.facts import Coded
from hub.events.wire import TOKEN_BYTES

FEWEST, MOST = 20, 30
"""Bits that the first pass may use, as a power of two: 128 kB to 128 MB.

Half a bit to a bit for each byte of the file. A row has some hundred bytes: one in a hundred waits for nothing.
"""


def named_twice(names: Iterable[list[str]], size: int) -> frozenset[int]:
    """The hashes of all names that come more than once, and of a few others. `size`: bytes of the file."""
    power = min(max((size // 2).bit_length(), FEWEST), MOST)
    seen, mask = bytearray(1 << power - 3), (1 << power) - 1
    twice = set()
    for block in names:
        for mark in map(hash, block):
            slot = mark & mask
            if seen[slot >> 3] >> (slot & 7) & 1:
                twice.add(mark)
            else:
                seen[slot >> 3] |= 1 << (slot & 7)
    return frozenset(twice)


class Copies:
    """Numbers rows without a key by their content: the n-th of its kind. The order of rows says nothing."""

    def __init__(self, twice: frozenset[int] | None = None) -> None:
        self._twice = twice
        self._seen: dict[bytes, int] = defaultdict(int)

    def key(self, content: str) -> str:
        """The key of the next row with this content."""
        number = 1
        if self._twice is None or hash(content) in self._twice:
            mark = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            self._seen[mark] += 1
            number = self._seen[mark]
        return f"{content}\x1e{number}"


class Held(NamedTuple):
    """A row that waits for the last one: where it stood, what it would say, and what it was."""

    position: str
    sealable: Sealable
    data: object


def standing(held: Iterable[Held]) -> Iterator[tuple[Held, bool]]:
    """Each row, and whether it stands: of rows that say different things of one record, one does, and its copies.

    Which one stands depends on what they say, never on their order, so that a shuffled file says the same.
    """
    records: dict[bytes, list[Held]] = {}
    for row in held:
        records.setdefault(row.sealable.tokens[:TOKEN_BYTES], []).append(row)
    for rows in records.values():
        winner = max((row.sealable for row in rows), key=_said)
        for row in rows:
            yield row, row.sealable == winner


def _said(sealable: Sealable) -> tuple[tuple[Coded, ...], bytes]:
    return sealable.row.facts, sealable.tokens
