"""A small table in any text form (CSV, TSV, JSON lists, JSON objects) → one grid of texts, so that all forms say the same.

For tables of counts and of plans, that stand in memory as a whole. Partners' rows about people come by `table`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.json_file import parse_json

SEPARATORS = ",;\t|"
HXL_ROWS = 25
"""Rows among which the hashtags stand (HXL 1.1: before the data, after any titles)."""


class GridRow(NamedTuple):
    """A row: the number of the line or row in which it begins, and its cells as texts."""

    number: int
    cells: Sequence[str]


class Grid(NamedTuple):
    """A table: the names of its columns, the rows below them, and whether these are numbered by `line` or by `row`.

    A column without a name is never read.
    """

    header: tuple[str, ...]
    rows: list[GridRow]
    unit: str


def read_grid(data: bytes, encoding: str, columns: frozenset[str]) -> Grid:
    """The table in a file. Its header is the first row that has all of `columns`, among the first ones.

    `encoding` is tried after UTF-8. Raises Rejected: no row has the columns, or the file is no table.
    """
    unit = "row" if data.lstrip()[:1] in (b"[", b"{") else "line"
    rows = list(_of_json(data) if unit == "row" else _of_text(data, encoding, columns))
    if not rows:
        raise Rejected("empty-file", "line 1")
    for at, row in enumerate(rows[:HXL_ROWS]):
        header = tuple(cell.strip() for cell in row.cells)
        if columns <= {*header}:
            named = [name for name in header if name]
            if len({*named}) < len(named):
                raise Rejected("column-twice", f"{unit} {row.number}")
            return Grid(header, rows[at + 1 :], unit)
    first = {cell.strip() for cell in rows[0].cells}
    raise Rejected.all_of([("column-missing", name) for name in sorted(columns - first)])


def _of_text(data: bytes, encoding: str, columns: frozenset[str]) -> Iterator[GridRow]:
    text = _decoded(data, encoding)
    separator = max(SEPARATORS, key=lambda sign: _fits(text, sign, columns))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Rejected("row-shape", f"line {line}") from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield GridRow(line, cells)
        line = reader.line_num + 1


def _decoded(data: bytes, encoding: str) -> str:
    for codec in ("utf-8-sig", encoding):
        try:
            return data.decode(codec)
        except UnicodeDecodeError as error:
            before = data.count(b"\n", 0, error.start)
    raise Rejected("not-text", f"line {before + 1}")


def _fits(text: str, separator: str, columns: frozenset[str]) -> int:
    """How many of the columns some line has, split by this."""
    lines = text.splitlines()[:HXL_ROWS]
    found = (next(csv.reader([line], delimiter=separator), []) for line in lines)
    return max((len(columns & {cell.strip() for cell in cells}) for cells in found), default=0)


def _of_json(data: bytes) -> Iterator[GridRow]:
    """A list of lists, or of objects, bare or as `data`. Keys of objects are the header, in the order they come."""
    document = parse_json(data)
    if isinstance(document, dict):
        document = document.get("data")
    if not isinstance(document, list):
        raise Rejected("not-a-list", "file")
    names = list(dict.fromkeys(name for row in document if isinstance(row, dict) for name in row))
    if names:
        yield GridRow(0, names)
    for at, row in enumerate(document, 1):
        if isinstance(row, dict):
            cells = [_text(row.get(name)) for name in names]
        elif isinstance(row, list) and not names:
            cells = [_text(cell) for cell in row]
        else:
            raise Rejected("row-shape", f"row {at}")
        if any(cell.strip() for cell in cells):
            yield GridRow(at, cells)


def _text(value: Any) -> str:
    """A cell as it would stand in a text file. What is no cell is no text either, and is refused where it is read."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else "\ufffd"
