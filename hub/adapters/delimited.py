"""Delimited text → blocks of rows: encoding, separator, quotes. Every row comes out, with its line."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, NamedTuple, cast

from hub.adapters.base import Rejected
from hub.adapters.header import read_header
from hub.adapters.source import Source
from hub.adapters.table import BLOCK_ROWS, Block, Damaged, check_columns

LINE_BYTES = 1 << 20
"""The longest line: a file without line ends must not fill the memory."""
ROW_CHARACTERS = 1 << 20
"""The longest row of several lines. What goes on beyond it has a quote that never ends."""
_FEW = 1000
"""Lines in which the header ends."""


class Dialect(NamedTuple):
    """How lines become cells. `csv`: the module's dialect. `careful`: a text that only that module may read."""

    csv: Any
    separator: str
    quote: str | None
    careful: str | None


def dialect_of(source: Source) -> Dialect:
    """The dialect of a mapping's source."""
    separator, quote = source.cell_separator, None if source.quote == "none" else source.quote
    options: dict[str, Any] = {
        "delimiter": separator,
        "quotechar": quote,
        "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        "escapechar": source.escape or None,
        "skipinitialspace": source.skip_spaces,
        "strict": True,
    }
    # Worked out once: a reader is made for every row with a quote.
    return Dialect(
        csv.reader([], **options).dialect,
        separator,
        quote,
        source.escape or (f"{separator} " if source.skip_spaces else None),
    )


def read_delimited(
    file: BinaryIO, source: Source, columns: frozenset[str], only: Iterable[str] | None = None
) -> Iterator[Block]:
    """The rows of a delimited file whose header has exactly `columns`, in any order.

    `only`: the columns that are looked at. Cells after the last of them may then come as one, for the sake of speed,
    and a row with too many cells as a good one.

    Raises Rejected for a file as a whole: no header, a column missing, twice, or unknown to the mapping, a line that
    has no end, or bytes after which nothing can be told apart.
    """
    dialect = dialect_of(source)
    lines = io.TextIOWrapper(
        cast(BinaryIO, _Watched(file)), _codec(source.encoding), errors="surrogateescape", newline=""
    )
    try:
        number = source.skip
        try:
            skipped = sum(1 for _ in islice(lines, source.skip))
            reader = csv.reader(islice(lines, _FEW), dialect.csv)
            found = read_header(reader, source.header, f"line {skipped + 1}")
        except (csv.Error, UnicodeError):
            raise Rejected("header", f"line {number + 1}") from None
        names = found.names
        check_columns(names, found.twice, columns, [f"column {n}" for n in range(1, 1 + len(names))])
        cut = -1 if only is None else 1 + max(map(names.index, only))
        yield from _blocks(lines, number + reader.line_num, dialect, names, cut)
    finally:
        # The file is the caller's: it is not closed with the wrapper, and may be read again.
        lines.detach()


class _Watched(io.BufferedIOBase):
    """A file's bytes, of which no line may be too long. Raises Rejected for one that is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._open, self._start = file, 0, file.tell()

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        end = data.rfind(b"\n")
        if end < 0:
            end = data.rfind(b"\r")
        self._open = len(data) - end - 1 if end >= 0 else self._open + len(data)
        if self._open > LINE_BYTES:
            raise Rejected("too-long", f"line {self._number()}")
        return data

    def _number(self) -> int:
        """The number of the line that is open: counted only where it is told, because most files have none such."""
        end = self._file.tell() - self._open
        self._file.seek(self._start)
        lines = 1
        while (left := end - self._file.tell()) > 0 and (some := self._file.read(min(left, LINE_BYTES))):
            lines += max(some.count(b"\n"), some.count(b"\r"))
        return lines

    def read(self, size: int | None = -1, /) -> bytes:
        return self.read1(-1 if size is None else size)


def _codec(encoding: str) -> str:
    """UTF-8 files may carry a byte order mark."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _blocks(text: Iterator[str], number: int, dialect: Dialect, header: tuple[str, ...], cut: int) -> Iterator[Block]:
    """Blocks, one after the other. `number` is that of the last line read."""
    width = len(header)
    while lines := _some(text, number):
        found = _split(lines, number + 1, dialect, width, cut)
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
    lines: list[str], first: int, dialect: Dialect, width: int, cut: int
) -> tuple[Sequence[int], list[list[str]]] | None:
    """In which line each row begins, and the rows; None where any of them is not a good one. `first`: the first line.

    Without a quote, a row is its line split at the separators: the same as the csv module, in half the time.
    """
    if width == 1 or max(map(len, lines)) > csv.field_size_limit():
        return None
    begins: Sequence[int] = range(first, first + len(lines))
    together = "".join(lines)
    if dialect.careful and dialect.careful in together:
        return None
    quoted = dialect.quote is not None and dialect.quote in together
    try:
        if quoted:
            begins, rows = _quoted(lines, first, dialect, cut)
        else:
            rows = [line.rstrip("\r\n").split(dialect.separator, cut) for line in lines]
    except (csv.Error, ValueError):  # ValueError: more or fewer rows than one
        return None
    if not set(map(len, rows)) <= {width, width if cut < 0 else cut + 1}:
        return None
    if quoted or dialect.separator * (width - 1) in together:
        empty = [""] * width
        blanks = [empty] if cut < 0 else [empty, [*empty[:cut], dialect.separator * (width - 1 - cut)]]
        if any(blank in rows for blank in blanks):
            stays = [row for row, cells in enumerate(rows) if cells not in blanks]
            begins, rows = [begins[row] for row in stays], [rows[row] for row in stays]
    return begins, rows


def _quoted(lines: list[str], first: int, dialect: Dialect, cut: int) -> tuple[list[int], list[list[str]]]:
    """The same for lines of which some have quotes, and cells that go on in the next line. Raises csv.Error."""
    begins: list[int] = []
    rows: list[list[str]] = []
    start, quotes = 0, 0
    quote, separator = dialect.quote or "", dialect.separator
    for number, line in enumerate(lines, 1):
        quotes += line.count(quote)
        if quotes % 2:
            continue  # a cell is open
        if quotes == 0:
            rows.append(line.rstrip("\r\n").split(separator, cut))
        else:
            (row,) = csv.reader(lines[start:number], dialect.csv)
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
    block = Block(header, [], [], [])
    last, size = number, 0
    stream = chain(lines, text)

    def pull() -> str | None:
        nonlocal size
        if (line := next(stream, None)) is not None:
            taken.append(line)
            size += len(line)
            if size > ROW_CHARACTERS:
                raise csv.Error("the row never ends")
        return line

    source = iter(pull, None)
    reader = csv.reader(source, dialect.csv)
    while last - number < len(lines):
        taken.clear()
        size = 0
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            row = []
            reader = csv.reader(source, dialect.csv)
        except UnicodeError:
            raise Rejected("not-text", f"line {last + 1}") from None
        first = last + 1
        last += len(taken)
        if len(row) == len(header):
            _keep(block, first, row)
        elif row:
            block.damaged.append((first, Damaged("row-shape", "".join(taken))))
        elif any(line.strip() for line in taken):
            _apart(taken, first, dialect, block)
    return block, last - number


def _keep(block: Block, line: int, row: list[str]) -> None:
    """A row goes into the block, unless all its cells are empty: such a row says nothing."""
    if any(row):
        block.lines.append(line)  # type: ignore[attr-defined]  # a list, as _one_by_one made it
        block.rows.append(row)


def _apart(taken: list[str], first: int, dialect: Dialect, block: Block) -> None:
    """The lines of a damaged row, each read alone: one forgotten quote must not swallow the good rows after it."""
    for number, line in enumerate(taken, first):
        try:
            row = next(csv.reader([line], dialect.csv), [])
        except csv.Error:
            row = []
        if len(row) == len(block.header):
            _keep(block, number, row)
        elif line.strip():
            block.damaged.append((number, Damaged("row-shape", line)))
