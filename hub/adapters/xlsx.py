"""XLSX → blocks of rows. The library reads the cells; `xlsx_scan` finds what it would read wrongly, or die of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from io import BytesIO
from itertools import chain, islice
from posixpath import join, normpath
from typing import Any, BinaryIO, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from hub.adapters.base import Rejected
from hub.adapters.cells import Textual, textual
from hub.adapters.package import UNPACKED_BYTES, Package, open_package
from hub.adapters.sheet import MOST_CELLS, Chunk, Flaw, Listed, Sheet, chosen, sheet_blocks
from hub.adapters.source import Source
from hub.adapters.table import BLOCK_ROWS, Block
from hub.adapters.xlsx_cut import cut
from hub.adapters.xlsx_distinct import distinct_sheet, merged_areas
from hub.adapters.xlsx_scan import Scan, cell_flaws, parse_xml, scan, values, written

SMALL_PART = 4 << 20
MEMO_LIMIT = 20_000
CELL_BYTES = len("<c><v>0</v></c>")
"""The shortest cell with a value."""
_MEDIA = ("xl/media/", "xl/embeddings/", "docProps/", "customXml/")
_SHARED, _WORKBOOK, _LINKS = "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_BESIDE = {"[content_types].xml", "_rels/.rels", "xl/styles.xml", *map(str.lower, (_SHARED, _WORKBOOK, _LINKS))}
"""What the library reads besides sheets, whatever the case of its name."""
_NO_TEXTS = b"<sst/>"


class _Known(NamedTuple):
    """A sheet in the workbook's own list: its name and the part that holds it."""

    name: str
    part: str


def read_xlsx(file: BinaryIO, source: Source, columns: frozenset[str], ignored: frozenset[str]) -> Iterator[Block]:
    """The rows of the sheets that the source names. Raises Rejected: it cannot be read, or is too large."""
    package = open_package(file)
    _check_texts(package)
    known, listed = _sheets(package), _listed(package)
    if [sheet.name for sheet in listed] != [sheet.name for sheet in known]:
        raise Rejected("damaged-file", "file")
    scanned = cache(partial(_scanned, package))

    @lru_cache(maxsize=2)  # as many as are filled before the search for the only one ends
    def sheet(at: int) -> Sheet:
        part = known[at].part
        if part not in package.parts or not _holds_cells(part):
            raise Rejected("damaged-file", "file")
        return _by_distinct_cells(package, at, part, source) or _by_cells(scanned(), at, part, source)

    def filled(at: int) -> bool:
        return next(sheet(at).chunks(), None) is not None

    tables = [at for at, each in enumerate(listed) if each.typ == SheetTypeEnum.WorkSheet]
    found = [
        Listed(listed[at].name, listed[at].visible != SheetVisibleEnum.Visible, partial(filled, at)) for at in tables
    ]
    for at in chosen(found, source.sheets):
        yield from sheet_blocks(sheet(tables[at]), source, columns, ignored)


class _Scanned(NamedTuple):
    """The workbook as the library has it, and what was found in all its parts before."""

    workbook: CalamineWorkbook
    scans: dict[str, Scan]


def _scanned(package: Package) -> _Scanned:
    scans = {name: scan(partial(package.unpack, name)) for name in package.parts if _holds_cells(name)}
    with _named_errors():
        return _Scanned(_workbook(package.only([*scans, *_beside(package)])), scans)


def _by_distinct_cells(package: Package, at: int, part: str, source: Source) -> Sheet | None:
    """A sheet that is written plainly, of which the library reads each distinct cell once."""
    if (plain := cut(package.unpack(part))) is None:
        return None
    distinct = plain.distinct()
    scan(lambda: iter([plain.head + plain.tail]))
    for name in filter(_holds_cells, _beside(package)):
        scan(partial(package.unpack, name))
    flaws = cell_flaws(distinct)
    with _named_errors():
        cells = _workbook(package.only(_beside(package), {part: distinct})).get_sheet_by_index(at)
        return distinct_sheet(at + 1, plain, cells, flaws, textual(source.mark))


def _by_cells(scanned: _Scanned, at: int, part: str, source: Source) -> Sheet:
    """A sheet whose cells the library reads one by one."""
    with _named_errors():
        cells = scanned.workbook.get_sheet_by_index(at)
    if cells.height * cells.width > MOST_CELLS:
        raise Rejected("damaged-file", "file")
    left = cells.start[1] if cells.start else 0
    chunks = partial(_chunks, cells, textual(source.mark))
    return Sheet(at + 1, left, chunks, scanned.scans[part].flaws, merged_areas(cells))


def _workbook(data: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(data))


def _listed(package: Package) -> list[SheetMetadata]:
    """The library's list of the sheets, for which it needs no texts."""
    beside = _beside(package)
    with _named_errors():
        return _workbook(package.only(beside, dict.fromkeys(_shared(package), _NO_TEXTS))).sheets_metadata


def _beside(package: Package) -> list[str]:
    return [name for name in package.parts if name.lower() in _BESIDE]


def _shared(package: Package) -> list[str]:
    """The part of the shared texts, if there is one."""
    return [name for name in package.parts if name.lower() == _SHARED.lower()]


def _holds_cells(name: str) -> bool:
    """Whether a part may be a sheet: what a file's links say, two readers may understand in two ways."""
    return name.endswith(".xml") and not name.startswith(_MEDIA)


@contextmanager
def _named_errors() -> Iterator[None]:
    """What the library cannot read is a damaged file. What it says of it may quote a cell: it is not kept."""
    try:
        yield
    except CalamineError:
        raise Rejected("damaged-file", "file") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust: has no other name, and is no Exception
            raise
        raise Rejected("damaged-file", "file") from None


def _sheets(package: Package) -> list[_Known]:
    """The sheets in the workbook's order, with the parts that hold them (ECMA-376-1, 18.2.19 and 9.2)."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def link(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            relation = next((text for name, text in attributes.items() if name.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation))

    parse_xml(iter([package.read(_LINKS, SMALL_PART)]), link)
    parse_xml(iter([package.read(_WORKBOOK, SMALL_PART)]), sheet)
    return [_Known(name, normpath(join("/xl", targets.get(relation, ""))).lstrip("/")) for name, relation in sheets]


def _check_texts(package: Package) -> None:
    """Raises Rejected where the shared texts, written out in every cell that names one, could fill the memory."""
    longest = max(_lengths(package), default=0)
    sheets = [name for name in package.parts if _holds_cells(name) and name not in _shared(package)]
    if longest * sum(package.parts[name].file_size for name in sheets) // CELL_BYTES <= UNPACKED_BYTES:
        return
    if longest * sum(values(package.unpack(name)) for name in sheets) <= UNPACKED_BYTES:
        return
    lengths = [*_lengths(package)]
    if sum(written(package.unpack(name), lengths) for name in sheets) > UNPACKED_BYTES:
        raise Rejected("too-large", "file")


def _lengths(package: Package) -> Iterator[int]:
    """How long each of the shared texts is, with its tags."""
    before = 0
    for chunk in chain.from_iterable(map(package.unpack, _shared(package))):
        *ended, rest = map(len, chunk.split(b"</si>"))
        if ended:
            ended[0] += before
            before = 0
            yield from ended
        before += rest


def _chunks(cells: CalamineSheet, text: Textual) -> Iterator[Chunk]:
    rows, first = cells.iter_rows(), 0
    memos: dict[type, _Texts] = {}
    while some := list(islice(rows, BLOCK_ROWS)):
        columns = [_texts(column, memos, text) for column in zip(*some, strict=True)]
        flaws = [
            Flaw(first + row, at, "inexact-number")
            for at, column in enumerate(columns)
            if None in column
            for row, cell in enumerate(column)
            if cell is None
        ]
        if flaws:
            columns = [["" if cell is None else cell for cell in column] for column in columns]
        yield Chunk(first, [list(row) for row in zip(*columns, strict=True)], flaws)
        first += len(some)


class _Texts(dict[Any, str | None]):
    """The texts of values of one type, worked out once each."""

    def __init__(self, text: Textual) -> None:
        self._text = text

    def __missing__(self, value: Any) -> str | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        self[value] = text = self._text(value)
        return text


def _texts(column: Sequence[Any], memos: dict[type, _Texts], text: Textual) -> Sequence[str | None]:
    """A column's cells as texts."""
    kinds = {*map(type, column)}
    for kind in kinds - memos.keys():
        memos[kind] = _Texts(text)
    if kinds == {str}:
        return column
    if len(kinds) == 1:
        return list(map(memos[kinds.pop()].__getitem__, column))
    return [cell if type(cell) is str else memos[type(cell)][cell] for cell in column]
