"""A sheet's XML → its distinct cells, and which of them stands where, so that the library reads each of them once.

A table of codes, words and days has few distinct cells. Only a sheet that is written as most programs write theirs is
cut: every byte of its rows is accounted for, and what a cell says stays the library's to read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import count, pairwise
from operator import itemgetter
from typing import NamedTuple

from hub.adapters.sheet import MOST_CELLS, letter
from hub.adapters.xlsx_scan import MOST_ROWS, column_number

MOST_DISTINCT = 2_000_000
"""More of them take more memory than the library's array of all cells."""
MOST_WIDE = 512
"""Columns of a sheet that is cut: each is a group of a pattern."""
LEAST_WIDE = 2
"""Of one cell alone `itemgetter` makes no tuple."""
LONGEST_ROW = 8 << 20
_ROWS, _NO_ROWS, _ROWS_END, _ROW_END = b"<sheetData>", b"<sheetData/>", b"</sheetData>", b"</row>"
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})')
_VALUE, _FORMULA, _TEXT = "<v(?: ?/>|>[^<]*+</v>)", "<f[^<>]*+>(?:[^<]*+</f>)?+", "<is><t[^<>]*+>[^<]*+</t></is>"
_FILLED = f"[^<>/]*+>{_VALUE}</c>|[^<>/]*+>(?:{_FORMULA})?+(?:{_VALUE}|{_TEXT})</c>"
_CELL = rf'(?:<c r="%s\1"(?:({_FILLED})|[^<>/]*+(?:/>|></c>)))?+'
"""A cell of one column, in the row whose number was read. What follows its reference is kept; of an empty one, nothing.

ECMA-376-1, 18.3.1.4; the order of attributes is that of the schema.
"""


class Cut(NamedTuple):
    """A sheet: what stands before and after its rows, its distinct cells without their references, and its rows.

    `rows`: for each column which of the `cells` stands there, from 1; 0 is an empty one. `numbers`: the rows' own.
    """

    head: bytes
    cells: list[bytes]
    numbers: list[int]
    rows: list[tuple[int, ...]]
    tail: bytes

    def distinct(self) -> bytes:
        """The sheet with each of its cells once, one below the other in the first column."""
        cells = [b'<row r="%d"><c r="A%d"%b</row>' % (at, at, cell) for at, cell in enumerate(self.cells, 1)]
        return b"".join([self.head, *cells, self.tail])


class _Found(NamedTuple):
    """What was cut so far: each cell with its number, the rows' numbers, the rows."""

    cells: defaultdict[bytes | None, int]
    numbers: list[int]
    rows: list[tuple[int, ...]]


def cut(chunks: Iterator[bytes]) -> Cut | None:
    """The distinct cells of a sheet. None: it is written in another way, is too large, or has more of them."""
    start = next(chunks, b"")
    if _NO_ROWS in start:
        head, none, after = start.partition(_NO_ROWS)
        return Cut(head + none, [], [], [], b"".join([after, *chunks]))
    head, opened, first = start.partition(_ROWS)
    found = _Found(defaultdict(count(1).__next__, {None: 0}), [], [])
    tail = b""
    for text, after in _parted(first.lstrip(), chunks):
        if not _cut_rows(text, found) or len(found.cells) > MOST_DISTINCT:
            return None
        tail = after
    if not opened or not tail.startswith(_ROWS_END) or not _fits(found):
        return None
    cells = [cell for cell in found.cells if cell is not None]
    return Cut(head + opened, cells, found.numbers, _alike(found.rows), tail)


def _parted(text: bytes, chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The text cut between rows, and what follows each of the pieces. After the last one comes the sheet's end."""
    for chunk in chunks:
        whole, end, rest = text.rpartition(_ROW_END)
        yield whole + end, rest
        text = rest + chunk
        if len(text) > LONGEST_ROW:
            yield text, b""
            return
    whole, end, rest = text.partition(_ROWS_END)
    yield whole, end + rest


def _cut_rows(text: bytes, found: _Found) -> bool:
    """Adds the rows of a text to what was found. False: it is not rows from end to end."""
    width = len(found.rows[-1]) if found.rows else LEAST_WIDE
    match, at = _row(width).match, 0
    while at < len(text):
        if row := match(text, at):
            number, *cells = row.groups()
            found.numbers.append(int(number))
            found.rows.append(itemgetter(*cells)(found.cells))
            at = row.end()
        elif width < (wider := _width(text[at : text.find(_ROW_END, at)])) <= MOST_WIDE:
            width, match = wider, _row(wider).match
        else:
            return False
    return True


@lru_cache(maxsize=16)
def _row(width: int) -> re.Pattern[bytes]:
    cells = "".join(_CELL % letter(at) for at in range(width))
    return re.compile(rf'<row r="([0-9]{{1,7}})"[^<>/]*+(?:/>|>{cells}</row>)\s*+'.encode())


def _width(row: bytes) -> int:
    return max(map(column_number, _LETTERS.findall(row)), default=0)


def _fits(found: _Found) -> bool:
    """Whether the rows stand in their order, within the limits of a sheet."""
    last = found.numbers[-1] if found.numbers else 0
    in_order = all(one < another for one, another in pairwise([0, *found.numbers]))
    return in_order and last <= MOST_ROWS and last * max(map(len, found.rows), default=0) <= MOST_CELLS


def _alike(rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The rows, all of them as wide as the last ones: the first may be titles."""
    width = len(rows[-1]) if rows else 0
    return [row if len(row) == width else row + (0,) * (width - len(row)) for row in rows]
