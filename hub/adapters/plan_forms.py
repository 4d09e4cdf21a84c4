"""A plan in whatever form it comes (YAML, a flat table, another government's tracker) → one tree of texts."""

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from hub.adapters.base import Rejected
from hub.adapters.plan_table import ENTRY, Line, plan_of
from hub.adapters.plan_tracker import is_tracker, plan_of_tracker
from hub.adapters.yaml_tree import SIZE_LIMIT, Branch, read_tree

SEPARATORS = ";,\t|"


def plan_tree(source: BinaryIO) -> Branch:
    """The tree of a plan. Raises Rejected, naming lines and never a text, for a file that holds none."""
    data = source.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise Rejected("too-large", "file")
    if separator := _table_separator(data):
        return plan_of(_rows(data, separator))
    tree = read_tree(BytesIO(data))
    return plan_of_tracker(tree) if is_tracker(tree) else tree


def _table_separator(data: bytes) -> str:
    """What separates the columns, where the first line is the header of a plan table; nothing where it is none."""
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    for separator in SEPARATORS:
        names = [cell.strip().strip('"').lower() for cell in first.split(separator)]
        if ENTRY in names and len(names) > 1:
            return separator
    return ""


def _rows(data: bytes, separator: str) -> Iterator[Line]:
    """The rows of a delimited text in UTF-8, each with the line in which it begins."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data.count(b"\n", 0, error.start)
        raise Rejected("not-text", f"line {before + 1}") from None
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Rejected("row-shape", f"line {line}") from None
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1
