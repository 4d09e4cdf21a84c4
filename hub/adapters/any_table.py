"""A table of a known format whose dialect nobody declared → its blocks.

A workbook is known by its first bytes; a text's separator is the one by which most headings are known.
"""

import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from hub.adapters.base import Rejected
from hub.adapters.magic import ZIP
from hub.adapters.reading import read_blocks
from hub.adapters.source import Format, Source
from hub.adapters.table import ANY_COLUMNS, Block

SEPARATORS = ",;\t|"
HEAD_BYTES = 64 * 1024


def any_blocks(file: BinaryIO, known: Callable[[str], bool], sheets: tuple[str, ...] = ()) -> Iterator[Block]:
    """The rows of a CSV, TSV, XLSX or ODS file, with whatever columns it has: the caller judges them.

    `sheets`: those of a workbook that are read, where it has any of them; else its only filled one. Raises Rejected for
    a file that is no table.
    """
    start = file.tell()
    head = file.read(HEAD_BYTES)
    file.seek(start)
    if not head.startswith(ZIP):
        yield from read_blocks(file, text_source(head, known), ANY_COLUMNS)
        return
    form = _workbook(file)
    try:
        yield from read_blocks(file, Source(format=form, sheets=list(sheets)), ANY_COLUMNS)
    except Rejected as rejected:
        if rejected.problems[0].rule != "sheet-missing":
            raise
        file.seek(start)
        yield from read_blocks(file, Source(format=form), ANY_COLUMNS)


def _workbook(file: BinaryIO) -> Format:
    """Which kind of workbook a ZIP file is, by what it holds (OpenDocument 1.3, part 2, 3.2).

    What is neither is for the reader of XLSX to name.
    """
    start = file.tell()
    try:
        with ZipFile(file) as package:
            return "ods" if "content.xml" in package.namelist() else "xlsx"
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return "xlsx"
    finally:
        file.seek(start)


def text_source(head: bytes, known: Callable[[str], bool]) -> Source:
    """How a text is written, by its first line."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    first = next(iter(text.splitlines()), "")
    separator = max(SEPARATORS, key=lambda sign: sum(map(known, cells_of(first, sign))))
    return Source(encoding="utf-16" if wide else "utf-8", separator=separator)


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line, without the white space around them; none where its quotes do not end."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []
