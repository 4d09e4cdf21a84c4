"""XLSX → blocks of rows. The library reads the cells; `xlsx_scan` finds what it would read wrongly, or die of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from itertools import islice
from posixpath import join, normpath
from typing import Any, BinaryIO, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hub.adapters.base import Rejected
from hub.adapters.cells import Textual, textual
from hub.adapters.package import UNPACKED_BYTES, Package, open_package
from hub.adapters.sheet import MOST_CELLS, Area, Chunk, Flaw, Listed, Sheet, chosen, sheet_blocks
from hub.adapters.source import Source
from hub.adapters.table import BLOCK_ROWS, Block
from hub.adapters.xlsx_scan import Scan, parse_xml, scan, values, written

SMALL_PART = 4 << 20
MEMO_LIMIT = 20_000
CELL_BYTES = len("<c><v>0</v></c>")
"""The shortest cell with a value."""
_MEDIA = ("xl/media/", "xl/embeddings/", "docProps/", "customXml/")
SHARED, _LINKS = "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"


class _Known(NamedTuple):
    """A sheet in the workbook's own list: its name and the part that holds it."""

    name: str
    part: str


def read_xlsx(file: BinaryIO, source: Source, columns: frozenset[str], ignored: frozenset[str]) -> Iterator[Block]:
    """The rows of the sheets that the source names. Raises Rejected: it cannot be read, or is too large."""
    package = open_package(file)
    scans = {name: scan(partial(package.unpack, name)) for name in package.parts if _holds_cells(name)}
    _check_texts(package, scans)
    known = _sheets(package)
    with _named_errors():
        workbook = CalamineWorkbook.from_filelike(BytesIO(package.data))
        listed = workbook.sheets_metadata
        if [sheet.name for sheet in listed] != [sheet.name for sheet in known]:
            raise Rejected("damaged-file", "file")
        tables = [at for at, sheet in enumerate(listed) if sheet.typ == SheetTypeEnum.WorkSheet]
        found = [
            Listed(
                listed[at].name,
                listed[at].visible != SheetVisibleEnum.Visible,
                partial(_filled, workbook, at),
            )
            for at in tables
        ]
        wanted = [tables[at] for at in chosen(found, source.sheets)]
    for at in wanted:
        with _named_errors():
            sheet = _sheet(workbook.get_sheet_by_index(at), at, scans.get(known[at].part), source)
        yield from sheet_blocks(sheet, source, columns, ignored)


def _holds_cells(name: str) -> bool:
    return name.endswith(".xml") and not name.startswith(_MEDIA) and name != SHARED


def _filled(workbook: CalamineWorkbook, at: int) -> bool:
    return workbook.get_sheet_by_index(at).start is not None


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
    parse_xml(iter([package.read("xl/workbook.xml", SMALL_PART)]), sheet)
    return [_Known(name, normpath(join("/xl", targets.get(relation, ""))).lstrip("/")) for name, relation in sheets]


def _check_texts(package: Package, scans: dict[str, Scan]) -> None:
    """Raises Rejected where the shared texts, written out in every cell that names one, could fill the memory."""
    if SHARED not in package.parts:
        return
    lengths, size = [], 0
    for chunk in package.unpack(SHARED):
        first, *ended = chunk.split(b"</si>")
        size += len(first)
        for part in ended:
            lengths.append(size)
            size = len(part)
    longest = max(lengths, default=0)
    if longest * sum(package.parts[name].file_size for name in scans) // CELL_BYTES <= UNPACKED_BYTES:
        return
    if longest * sum(values(package.unpack(name)) for name in scans) <= UNPACKED_BYTES:
        return
    if sum(written(package.unpack(name), lengths) for name in scans) > UNPACKED_BYTES:
        raise Rejected("too-large", "file")


def _sheet(cells: CalamineSheet, at: int, scanned: Scan | None, source: Source) -> Sheet:
    if scanned is None or cells.height * cells.width > MOST_CELLS:
        raise Rejected("damaged-file", "file")
    merged = [Area(top, left, bottom, right) for (top, left), (bottom, right) in cells.merged_cell_ranges or ()]
    left = cells.start[1] if cells.start else 0
    return Sheet(at + 1, left, partial(_chunks, cells, textual(source.mark)), scanned.flaws, merged)


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
