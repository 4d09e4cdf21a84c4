"""A sheet of a workbook → blocks of rows: title rows, header, merged and broken cells, empty rows and columns."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.header import read_header
from hub.adapters.source import Source
from hub.adapters.table import Block, Damaged, check_columns

MOST_CELLS = 30_000_000
"""Cells of a sheet, empty ones between others too: a full one of 1,048,576 rows has 28 columns."""
MOST_MERGED = 1_000_000
"""Cells that are merged, below the header."""
LETTERS = 26


class Flaw(NamedTuple):
    """A cell that cannot be read as it stands: its row and column, both from 0, and the rule."""

    row: int
    column: int
    rule: str


class Area(NamedTuple):
    """Merged cells, both ends included, all from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Chunk(NamedTuple):
    """Rows of texts, all of one width, from the row `first` on, counted from 0."""

    first: int
    rows: list[list[str]]
    flaws: Sequence[Flaw] = ()


class Sheet(NamedTuple):
    """What a reader knows of a sheet. `number`: among all sheets, from 1. `left`: the column where its rows begin."""

    number: int
    left: int
    chunks: Callable[[], Iterator[Chunk]]
    flaws: Sequence[Flaw]
    merged: Sequence[Area]


class Listed(NamedTuple):
    """A sheet in its workbook's list. `filled`: whether any cell is."""

    name: str
    hidden: bool
    filled: Callable[[], bool]


def chosen(listed: Sequence[Listed], wanted: Sequence[str]) -> list[int]:
    """Which sheets are read: those whose names fit, or the only one that is filled and visible.

    A hidden sheet is read where it is wanted by its full name: who hides one keeps it out of the export.
    """
    if wanted:
        fits = [at for at, each in enumerate(listed) if _wanted(each, wanted)]
        if not fits or any(all(not _wanted(each, [name]) for each in listed) for name in wanted):
            raise Rejected("sheet-missing", "workbook")
        return fits
    shown = [at for at, each in enumerate(listed) if not each.hidden]
    filled = shown if len(shown) == 1 else [*islice((at for at in shown if listed[at].filled()), 2)]
    if len(filled) != 1:
        raise Rejected("sheet-unclear" if filled else "empty-file", "workbook")
    return filled


def _wanted(sheet: Listed, wanted: Sequence[str]) -> bool:
    return sheet.name in wanted or (not sheet.hidden and any(fnmatchcase(sheet.name, name) for name in wanted))


def letter(column: int) -> str:
    """What spreadsheets call a column: 0 is A, 26 is AA."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        text = chr(ord("A") + rest) + text
    return text


def sheet_blocks(sheet: Sheet, source: Source, columns: frozenset[str], ignored: frozenset[str]) -> Iterator[Block]:
    """The rows below the header. Raises Rejected where the columns are not the mapping's.

    A row whose cells are all empty is none. A flaw in an `ignored` column, which nobody reads, is no flaw.
    """
    place = f"sheet {sheet.number}"
    chunks = sheet.chunks()
    rows = _Rows(chunks)
    skipped = sum(1 for _ in islice(rows, source.skip))
    header = read_header(rows, source.header, f"{place}, row {1 + skipped}")
    kept = _kept(header.names, columns, sheet, rows.next)
    letters = [f"{place}, column {letter(sheet.left + at)}" for at in kept]
    names = tuple(header.names[at] for at in kept)
    check_columns(names, frozenset(at for at, was in enumerate(kept) if was in header.twice), columns, letters)
    read = [at for at in kept if header.names[at] not in ignored]
    areas = _areas(sheet, rows.next, read)
    flaws = [*sheet.flaws, *([] if source.merged == "fill" else _as_flaws(areas))]
    broken = _by_row([flaw._replace(column=flaw.column - sheet.left) for flaw in flaws], read)
    filling = _Filling(areas) if source.merged == "fill" and areas else None
    for chunk in rows.rest():
        if filling:
            filling.fill(chunk, sheet.left)
        wrong = {**_by_row(chunk.flaws, read), **broken} if chunk.flaws else broken
        yield _block(chunk, names, kept, wrong, f"{place}, row", sheet.left)


def _block(
    chunk: Chunk,
    names: tuple[str, ...],
    kept: list[int],
    wrong: dict[int, Flaw],
    place: str,
    left: int,
) -> Block:
    rows = chunk.rows
    numbers: Sequence[int] = range(chunk.first + 1, chunk.first + 1 + len(rows))
    damaged = []
    if aside := [at for at in range(len(rows)) if chunk.first + at in wrong] if wrong else []:
        for at in aside:
            flaw = wrong[chunk.first + at]
            bad = Damaged(flaw.rule, "\t".join(rows[at]), f"column {letter(left + flaw.column)}")
            damaged.append((chunk.first + at + 1, bad))
    if aside or (rows and [""] * len(rows[0]) in rows):
        out = frozenset(aside)
        stays = [at for at, row in enumerate(rows) if at not in out and any(row)]
        numbers, rows = [numbers[at] for at in stays], [rows[at] for at in stays]
    if rows and len(kept) < len(rows[0]):
        rows = [[row[at] for at in kept] for row in rows]
    return Block(names, numbers, rows, damaged, place)


class _Rows:
    """Rows one by one for the header, then what is left of them as chunks. `next`: the row that comes, from 0."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._chunk = Chunk(0, [])
        self._at = 0
        self.next = 0

    def __iter__(self) -> "_Rows":
        return self

    def __next__(self) -> list[str]:
        while self._at >= len(self._chunk.rows):
            self._chunk, self._at = next(self._chunks), 0
        row = self._chunk.rows[self._at]
        self._at += 1
        self.next = self._chunk.first + self._at
        return row

    def rest(self) -> Iterator[Chunk]:
        if left := self._chunk.rows[self._at :]:
            yield Chunk(self.next, left, self._chunk.flaws)
        yield from self._chunks


def _kept(names: Sequence[str], columns: frozenset[str], sheet: Sheet, below: int) -> list[int]:
    """All columns but those without a heading in which nothing stands below the header: a long title made them."""
    empty = {at for at, name in enumerate(names) if name not in columns and name == f"column {at + 1}"}
    if empty:
        for chunk in sheet.chunks():
            for row in chunk.rows[max(0, below - chunk.first) :]:
                empty -= {at for at in empty if row[at]}
            if not empty:
                break
    return [at for at in range(len(names)) if at not in empty]


def _areas(sheet: Sheet, below: int, read: Sequence[int]) -> list[Area]:
    """Merged cells below the header, in columns that are read."""
    columns = [sheet.left + at for at in read]
    found = [area for area in sheet.merged if area.bottom >= below and _meets(area, columns)]
    if sum((area.bottom - area.top + 1) * (area.right - area.left + 1) for area in found) > MOST_MERGED:
        raise Rejected("too-large", f"sheet {sheet.number}")
    return [area._replace(top=max(area.top, below)) for area in found]


def _meets(area: Area, columns: Sequence[int]) -> bool:
    return any(area.left <= column <= area.right for column in columns)


def _as_flaws(areas: Sequence[Area]) -> list[Flaw]:
    return [
        Flaw(row, column, "merged-cells")
        for area in areas
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]


def _by_row(flaws: Sequence[Flaw], read: Sequence[int]) -> dict[int, Flaw]:
    """The first flaw of each row in the columns that are read."""
    looked_at = frozenset(read)
    return {flaw.row: flaw for flaw in sorted(flaws, reverse=True) if flaw.column in looked_at}


class _Filling:
    """Merged cells below the header get the text of the first of them."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._texts: dict[Area, str] = {}
        self._by_row: dict[int, list[Area]] = {}
        for area in areas:
            for row in range(area.top, area.bottom + 1):
                self._by_row.setdefault(row, []).append(area)

    def fill(self, chunk: Chunk, left: int) -> None:
        for at, row in enumerate(chunk.rows, chunk.first):
            for area in self._by_row.get(at, ()):
                begin, end = max(0, area.left - left), min(len(row), area.right - left + 1)
                text = self._texts.setdefault(area, row[begin] if at == area.top else "")
                row[begin:end] = [text] * max(0, end - begin)
