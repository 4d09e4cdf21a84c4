"""Delimited text → records: encoding, separator, quotes. Every row comes out, damaged ones too, with its line.

A row comes out as a dict of texts by column. A row of another shape comes out as a `Damaged`, so that it is refused
by name and put aside, never dropped and never guessed at.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from hub.adapters.base import Record, Rejected

NAMED = 20
"""Columns that one message names."""


@dataclass(frozen=True)
class Dialect:
    """How a partner writes a table. `encoding` is a Python codec name."""

    encoding: str = "utf-8"
    separator: str = ","


class Damaged(NamedTuple):
    """A row that does not have the table's shape: the text of its lines, and the rule it breaks."""

    rule: str
    text: str


def read_table(source: BinaryIO, dialect: Dialect, columns: frozenset[str]) -> Iterator[Record]:
    """The rows of a delimited file whose header has exactly `columns`, in any order.

    Raises Rejected for a file as a whole: no header, a column missing, twice, or unknown to the mapping.
    """
    lines = io.TextIOWrapper(source, _codec(dialect.encoding), errors="surrogateescape", newline="")
    try:
        try:
            header = next(csv.reader(lines, delimiter=dialect.separator, strict=True), None)
        except (csv.Error, UnicodeError):
            raise Rejected("header", "line 1") from None
        _check_header(header, columns)
        yield from _rows(lines, dialect, [name.strip() for name in header or ()])
    finally:
        # The file is the caller's: it is not closed with the wrapper, and may be read again.
        lines.detach()


def _codec(encoding: str) -> str:
    """UTF-8 files may carry a byte order mark."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _check_header(header: Sequence[str] | None, columns: frozenset[str]) -> None:
    if not header:
        raise Rejected("empty-file", "line 1")
    found = [name.strip() for name in header]
    if len(set(found)) < len(found):
        raise Rejected("column-twice", "header")
    if missing := sorted(columns - set(found)):
        raise Rejected.all_of([("column-missing", name) for name in missing[:NAMED]])
    if unknown := [f"column {n}" for n, name in enumerate(found, 1) if name not in columns]:
        # By number: a header row that is really data must not be quoted.
        raise Rejected.all_of([("column-unknown", name) for name in unknown[:NAMED]])


def _rows(lines: io.TextIOWrapper, dialect: Dialect, header: list[str]) -> Iterator[Record]:
    """Rows one by one. `taken` holds the lines of the row being read, so that damage can be cut out exactly."""
    taken: list[str] = []
    number = 1
    width = len(header)

    def feed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    source = feed()
    reader = csv.reader(source, delimiter=dialect.separator, strict=True)
    while True:
        taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = []
            reader = csv.reader(source, delimiter=dialect.separator, strict=True)
        except UnicodeError:
            # Nothing after this byte can be told apart in such an encoding (UTF-16 cut in a character): rows that
            # cannot be counted cannot be answered for, so none of the file is taken.
            raise Rejected("not-text", f"line {number + 1}") from None
        first = number + 1
        number += len(taken)
        if len(row) == width:
            yield Record(f"line {first}", dict(zip(header, row, strict=True)))
        elif row:
            yield Record(f"line {first}", Damaged("row-shape", "".join(taken)))
        elif any(line.strip() for line in taken):
            yield from _apart(taken, first, dialect, header)


def _apart(taken: list[str], first: int, dialect: Dialect, header: list[str]) -> Iterator[Record]:
    """The lines of a damaged row, each read alone: one forgotten quote must not swallow the good rows after it."""
    for offset, line in enumerate(list(taken)):
        try:
            row = next(csv.reader([line], delimiter=dialect.separator, strict=True), [])
        except csv.Error:
            row = []
        if len(row) == len(header):
            yield Record(f"line {first + offset}", dict(zip(header, row, strict=True)))
        elif line.strip():
            yield Record(f"line {first + offset}", Damaged("row-shape", line))
