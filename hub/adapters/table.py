"""Delimited text → blocks of rows: encoding, separator, quotes. Every row comes out, damaged ones too, with its line.

A good row is its cells in the header's order. A row of another shape comes out as a `Damaged`, so that it is refused by
name and put aside, never dropped and never guessed at.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from hub.adapters.base import Record, Rejected

BLOCK_ROWS = 250
"""Lines read at once, and then to the end of a row. Few enough to stay in the processor's cache."""
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


class Block(NamedTuple):
    """Rows side by side. `lines` holds the line in which each of `rows` begins; damaged rows stand beside them."""

    header: tuple[str, ...]
    lines: Sequence[int]
    rows: list[list[str]]
    damaged: list[tuple[int, Damaged]]

    def record(self, row: int) -> Record:
        """One good row by its columns' names."""
        return Record(f"line {self.lines[row]}", dict(zip(self.header, self.rows[row], strict=True)))

    def records(self) -> Iterator[Record]:
        """All rows in the file's order."""
        if not self.damaged:
            yield from map(self.record, range(len(self.rows)))
            return
        places = {line: row for row, line in enumerate(self.lines)}
        bad = dict(self.damaged)
        for line in sorted(places.keys() | bad.keys()):
            yield Record(f"line {line}", bad[line]) if line in bad else self.record(places[line])


def read_blocks(
    source: BinaryIO, dialect: Dialect, columns: frozenset[str], only: Iterable[str] | None = None
) -> Iterator[Block]:
    """The rows of a delimited file whose header has exactly `columns`, in any order.

    `only`: the columns that are looked at. Cells after the last of them may then come as one, for the sake of speed,
    and a row with too many cells as a good one.

    Raises Rejected for a file as a whole: no header, a column missing, twice, or unknown to the mapping, or bytes after
    which nothing can be told apart.
    """
    lines = io.TextIOWrapper(source, _codec(dialect.encoding), errors="surrogateescape", newline="")
    try:
        reader = csv.reader(lines, delimiter=dialect.separator, strict=True)
        try:
            header = next(reader, None)
        except (csv.Error, UnicodeError):
            raise Rejected("header", "line 1") from None
        _check_header(header, columns)
        names = tuple(name.strip() for name in header or ())
        cut = -1 if only is None else 1 + max(map(names.index, only))
        yield from _blocks(lines, reader.line_num, dialect, names, cut)
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


def _blocks(text: Iterator[str], number: int, dialect: Dialect, header: tuple[str, ...], cut: int) -> Iterator[Block]:
    """Blocks, one after the other. `number` is that of the last line read."""
    width = len(header)
    while lines := _some(text, number):
        found = _split(lines, number + 1, dialect.separator, width, cut)
        if found is not None:
            block, taken = Block(header, *found, []), len(lines)
        else:
            block, taken = _one_by_one(lines, text, number, dialect, header)
        number += taken
        yield block


def _some(text: Iterator[str], number: int) -> list[str]:
    lines: list[str] = []
    try:
        lines.extend(islice(text, BLOCK_ROWS))
    except UnicodeError:
        # Nothing after this byte can be told apart in such an encoding (UTF-16 cut in a character): rows that
        # cannot be counted cannot be answered for, so none of the file is taken.
        raise Rejected("not-text", f"line {number + len(lines) + 1}") from None
    return lines


def _split(
    lines: list[str], first: int, separator: str, width: int, cut: int
) -> tuple[Sequence[int], list[list[str]]] | None:
    """In which line each row begins, and the rows; None where any of them is not a good one. `first`: the first line.

    Without a quote, a row is its line split at the separators: the same as the csv module, in half the time.
    """
    if width == 1 or max(map(len, lines)) > csv.field_size_limit():
        return None
    begins: Sequence[int] = range(first, first + len(lines))
    try:
        if '"' in "".join(lines):
            begins, rows = _quoted(lines, first, separator, cut)
        else:
            rows = [line.rstrip("\r\n").split(separator, cut) for line in lines]
    except (csv.Error, ValueError):  # ValueError: more or fewer rows than one
        return None
    return (begins, rows) if set(map(len, rows)) <= {width, width if cut < 0 else cut + 1} else None


def _quoted(lines: list[str], first: int, separator: str, cut: int) -> tuple[list[int], list[list[str]]]:
    """The same for lines of which some have quotes, and cells that go on in the next line. Raises csv.Error."""
    begins: list[int] = []
    rows: list[list[str]] = []
    start, quotes = 0, 0
    for number, line in enumerate(lines, 1):
        quotes += line.count('"')
        if quotes % 2:
            continue  # a cell is open
        if quotes == 0:
            rows.append(line.rstrip("\r\n").split(separator, cut))
        else:
            (row,) = csv.reader(lines[start:number], delimiter=separator, strict=True)
            rows.append(row)
        begins.append(first + start)
        start, quotes = number, 0
    if quotes:
        raise csv.Error("the last row goes on")
    return begins, rows


def _one_by_one(
    lines: list[str], text: Iterator[str], number: int, dialect: Dialect, header: tuple[str, ...]
) -> tuple[Block, int]:
    """The same lines with care, and those after them that the last row goes on in. Also says how many lines it took.

    `taken` holds the lines of the row being read, so that damage can be cut out exactly.
    """
    taken: list[str] = []
    begins: list[int] = []
    rows: list[list[str]] = []
    damaged: list[tuple[int, Damaged]] = []
    last = number

    def feed() -> Iterator[str]:
        for line in chain(lines, text):
            taken.append(line)
            yield line

    source = feed()
    reader = csv.reader(source, delimiter=dialect.separator, strict=True)
    while last - number < len(lines):
        taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            row = []
            reader = csv.reader(source, delimiter=dialect.separator, strict=True)
        except UnicodeError:
            raise Rejected("not-text", f"line {last + 1}") from None
        first = last + 1
        last += len(taken)
        if len(row) == len(header):
            begins.append(first)
            rows.append(row)
        elif row:
            damaged.append((first, Damaged("row-shape", "".join(taken))))
        elif any(line.strip() for line in taken):
            _apart(taken, first, dialect, begins, rows, damaged, len(header))
    return Block(header, begins, rows, damaged), last - number


def _apart(
    taken: list[str],
    first: int,
    dialect: Dialect,
    begins: list[int],
    rows: list[list[str]],
    damaged: list[tuple[int, Damaged]],
    width: int,
) -> None:
    """The lines of a damaged row, each read alone: one forgotten quote must not swallow the good rows after it."""
    for number, line in enumerate(taken, first):
        try:
            row = next(csv.reader([line], delimiter=dialect.separator, strict=True), [])
        except csv.Error:
            row = []
        if len(row) == width:
            begins.append(number)
            rows.append(row)
        elif line.strip():
            damaged.append((number, Damaged("row-shape", line)))
