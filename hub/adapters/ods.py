"""ODS → blocks of rows: OpenDocument 1.3, part 3, read tag by tag, so that a cell stays what was saved."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from hub.adapters.base import Rejected
from hub.adapters.cells import EXACT_DIGITS, moment_text, number_text
from hub.adapters.package import open_package
from hub.adapters.sheet import Area, Chunk, Flaw, Listed, Sheet, chosen, sheet_blocks
from hub.adapters.source import Source
from hub.adapters.table import BLOCK_ROWS, MOST_COLUMNS, Block
from hub.adapters.xlsx_scan import MOST_ROWS, parse_xml

MOST_FILLED = 5_000_000
"""Cells that may hold something, in a whole document."""
MOST_CHARACTERS = 256 << 20
"""Of all texts, repeated ones each time."""
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "Err:")


class _Table:
    """One sheet: its filled rows by their number."""

    def __init__(self, name: str, hidden: bool) -> None:
        self.name, self.hidden = name, hidden
        self.rows: dict[int, dict[int, str]] = {}
        self.flaws: list[Flaw] = []
        self.merged: list[Area] = []
        self.width = 0


class _Reader:
    """What the tags of `content.xml` say, in the order in which they come."""

    def __init__(self, mark: str) -> None:
        self.tables: list[_Table] = []
        self._mark = mark
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._column = self._times = self._filled = self._characters = 0
        self._cell: dict[str, str] | None = None
        self._cells: dict[int, str] = {}
        self._flaws: list[tuple[int, str]] = []
        self._text: list[str] = []
        self._inside = self._remark = 0
        """How deep in paragraphs, and in a cell's comment, which is no part of it."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == "office:annotation":
            self._remark += 1
        elif tag == "table:table":
            hidden = attributes.get("table:style-name", "") in self._hidden_styles
            self.tables.append(_Table(attributes.get("table:name", ""), hidden))
            self._row = 0
        elif tag == "table:table-row":
            self._cells, self._flaws, self._column = {}, [], 0
            self._times = _times(attributes, "table:number-rows-repeated")
        elif tag in _CELLS:
            self._cell, self._text = attributes, []
        elif not self._remark and self._cell is not None:
            self._part_of_text(tag, attributes)

    def _part_of_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("text:p", "text:h"):
            if self._text and not self._inside:
                self._text.append("\n")
            self._inside += 1
        elif tag == "text:s":
            self._text.append(" " * min(_count(attributes.get("text:c", "1")), 1000))
        elif tag in ("text:tab", "text:line-break"):
            self._text.append("\t" if tag == "text:tab" else "\n")

    def text(self, said: str) -> None:
        if self._inside and not self._remark:
            self._text.append(said)

    def end(self, tag: str) -> None:
        if tag == "office:annotation":
            self._remark -= 1
        elif tag in ("text:p", "text:h") and self._inside and not self._remark:
            self._inside -= 1
        elif tag in _CELLS and self._cell is not None:
            self._end_cell(self._cell, covered=tag == _CELLS[1])
            self._cell = None
        elif tag == "table:table-row":
            self._end_row()

    def _end_cell(self, cell: dict[str, str], *, covered: bool) -> None:
        begin = self._column
        self._column += _times(cell, "table:number-columns-repeated")
        down, across = _times(cell, "table:number-rows-spanned"), _times(cell, "table:number-columns-spanned")
        if down > 1 or across > 1:
            self.tables[-1].merged.append(Area(self._row, begin, self._row + down - 1, begin + across - 1))
        text, rule = ("", "") if covered else self._value(cell)
        if not text and not rule:
            return
        if self._column > MOST_COLUMNS:
            raise Rejected("too-wide", "file")
        for column in range(begin, self._column):
            self._cells[column] = text
        if rule:
            self._flaws += [(column, rule) for column in range(begin, self._column)]

    def _value(self, cell: dict[str, str]) -> tuple[str, str]:
        """A cell's text, and the rule that it breaks (19.385 to 19.390 of the standard)."""
        shown = "".join(self._text)
        kind = cell.get("calcext:value-type") or cell.get("office:value-type", "")
        if kind == "error" or ("table:formula" in cell and shown.startswith(_ERRORS)):
            return shown, "cell-error"
        if "table:formula" in cell and not kind:
            return shown, "not-calculated"
        if kind in ("float", "percentage", "currency"):
            return _number(cell.get("office:value", ""), self._mark)
        if kind == "date":
            return _moment(cell.get("office:date-value", ""))
        if kind == "boolean":
            return cell.get("office:boolean-value", ""), ""
        if kind == "time":
            return shown, ""
        return cell.get("office:string-value", shown), ""

    def _end_row(self) -> None:
        if not self.tables:
            raise Rejected("damaged-file", "file")  # a row of no table
        table = self.tables[-1]
        first, self._row = self._row, self._row + self._times
        if not self._cells:
            return
        self._filled += self._times * len(self._cells)
        self._characters += self._times * sum(map(len, self._cells.values()))
        if self._row > MOST_ROWS or self._filled > MOST_FILLED or self._characters > MOST_CHARACTERS:
            raise Rejected("too-large", "file")
        table.width = max(table.width, 1 + max(self._cells))
        for row in range(first, self._row):
            table.rows[row] = self._cells
            table.flaws += [Flaw(row, column, rule) for column, rule in self._flaws]


def read_ods(file: BinaryIO, source: Source, columns: frozenset[str], ignored: frozenset[str]) -> Iterator[Block]:
    """The rows of the sheets that the source names. Raises Rejected for what cannot be read, or is too large."""
    package = open_package(file)
    if "META-INF/manifest.xml" in package.parts:
        # LibreOffice lets the ZIP look whole: that its parts are encrypted stands in the manifest alone.
        parse_xml(package.unpack("META-INF/manifest.xml"), _refuse_encrypted)
    if "content.xml" not in package.parts:
        raise Rejected("damaged-file", "file")
    reader = _Reader(source.mark)
    parse_xml(package.unpack("content.xml"), reader.start, reader.end, reader.text)
    tables = reader.tables
    listed = [Listed(table.name, table.hidden, partial(bool, table.rows)) for table in tables]
    for at in chosen(listed, source.sheets):
        sheet = Sheet(at + 1, 0, partial(_chunks, tables[at]), tables[at].flaws, tables[at].merged)
        yield from sheet_blocks(sheet, source, columns, ignored)


def _refuse_encrypted(tag: str, _attributes: dict[str, str]) -> None:
    if tag.rpartition(":")[2].startswith("encryption"):
        raise Rejected("encrypted", "file")


def _chunks(table: _Table) -> Iterator[Chunk]:
    """All rows up to the last filled one, of one width. What is empty between them is not kept, but counted."""
    last = max(table.rows, default=-1)
    for first in range(0, last + 1, BLOCK_ROWS):
        numbers = range(first, min(first + BLOCK_ROWS, last + 1))
        rows = [table.rows.get(number, {}) for number in numbers]
        yield Chunk(
            first, [[row.get(at, "") for at in range(table.width)] if row else [""] * table.width for row in rows]
        )


def _times(attributes: dict[str, str], name: str) -> int:
    digits = attributes.get(name)
    return 1 if digits is None else _count(digits)


def _count(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise Rejected("damaged-file", "file")
    return int(digits)


def _number(value: str, mark: str) -> tuple[str, str]:
    try:
        exact = float(value)
    except ValueError:
        raise Rejected("damaged-file", "file") from None
    if not abs(exact) < 10**EXACT_DIGITS:
        return "", "inexact-number"
    return number_text(format(exact, f".{EXACT_DIGITS}g"), mark), ""


def _moment(value: str) -> tuple[str, str]:
    try:
        return moment_text(datetime.fromisoformat(value)), ""
    except ValueError:
        return "", "cell-error"
