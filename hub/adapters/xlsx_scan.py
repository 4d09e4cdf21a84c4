"""A sheet's XML before the library reads it: how large its area is, and which cells hold an error or no result.

The library makes one array of the whole area, from the first cell to the last: two cells far apart end the process.
An error it reads as an empty text: it would be nothing recorded.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from xml.parsers import expat

from hub.adapters.base import Rejected
from hub.adapters.sheet import LETTERS, MOST_CELLS, Flaw
from hub.adapters.table import MOST_COLUMNS

MOST_ROWS = 1_048_576
"""Rows of a sheet: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""
_REFERENCE = rb"\br\s*=\s*[\"']"
_ROWS = re.compile(rb'<row r="([0-9]{1,7})"')
_ODD_ROW = re.compile(rb'<row(?! r="[0-9]{1,7}")[\s/>]')
_WIDTHS = ((26, rb"[A-Z]"), (104, rb"[A-C]?[A-Z]"), (702, rb"[A-Z]{1,2}"), (MOST_COLUMNS, rb"[A-Z]{1,3}"))
"""Columns, and the letters of those up to there."""
_BROKEN = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>")
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_AT = re.compile(_REFERENCE + rb"([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")


class Scan(NamedTuple):
    """What a sheet holds: cells that cannot be read as they stand."""

    flaws: list[Flaw]


def scan(chunks: Callable[[], Iterator[bytes]]) -> Scan:
    """The scan of a sheet's XML. Raises Rejected where its area is larger than MOST_CELLS, or it is no XML in UTF-8."""
    rows, width = 0, 0
    flaws: list[Flaw] = []
    for number, text in enumerate(_whole_rows(chunks())):
        if number == 0 and text.startswith(_BYTE_ORDER):
            raise Rejected("damaged-file", "file")
        rows = max(rows, *map(int, _ROWS.findall(text)), 1)
        width = _width(text, rows, width) if width < len(_WIDTHS) else width
        flaws += cell_flaws(text)
    if width == len(_WIDTHS) or _rounded(rows) * _WIDTHS[width][0] > MOST_CELLS:
        measure(chunks())
    return Scan(flaws)


def cell_flaws(text: bytes) -> list[Flaw]:
    """The cells of some rows that cannot be read as they stand. Raises Rejected for what is no text in UTF-8."""
    flaws: list[Flaw] = []
    if b"\0" in text:
        raise Rejected("damaged-file", "file")
    if b'"e"' in text or b"'e'" in text:
        flaws += _flaws(_BROKEN, text, "cell-error")
    if b"<f" in text or b":f" in text:
        flaws += _flaws(_UNCALCULATED, text, "not-calculated")
    return flaws


def _width(text: bytes, rows: int, width: int) -> int:
    """Which of the _WIDTHS no cell goes beyond, `width` or a later one, none of them below the last row.

    Beyond the last of them: there are rows or cells that do not begin with `r="..."`, as those of most programs do.
    """
    if b":c" in text or b":row" in text or _ODD_ROW.search(text):
        return len(_WIDTHS)
    digits = _rows_up_to(_rounded(rows))
    further = (rb'<c(?! r="%b(?:%b)")[\s/>]' % (letters, digits) for _, letters in _WIDTHS[width:])
    return next((width + at for at, pattern in enumerate(further) if not re.search(pattern, text)), len(_WIDTHS))


def _rounded(rows: int) -> int:
    """The next number of two digits and zeros, less one: 60,001 becomes 60,999."""
    step = int(10 ** max(0, len(str(rows)) - 2))
    return (rows // step + 1) * step - 1


def _rows_up_to(rounded: int) -> bytes:
    """The pattern of the numbers up to a rounded one."""
    digits = str(rounded)
    if len(digits) < 3:
        return b"[0-9]{1,2}"
    first, second, rest = int(digits[0]), digits[1], len(digits) - 2
    less = f"[1-{first - 1}][0-9]{{{rest + 1}}}|" if first > 1 else ""
    return f"[0-9]{{1,{rest + 1}}}|{less}{first}[0-{second}][0-9]{{{rest}}}".encode()


def _whole_rows(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text, cut between rows."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        cut = text.rfind(b"</row>") + 1 or text.rfind(b":row>") + 1 or text.rfind(b"<")
        if cut > 0:
            yield text[:cut]
            rest = text[cut:]
        else:
            rest = text
        if len(rest) > 64 << 20:
            raise Rejected("too-large", "file")
    yield rest


def column_number(letters: bytes) -> int:
    """AA is the 27th column."""
    column = 0
    for each in letters:
        column = column * LETTERS + (each & 31)
    return column


def _flaws(pattern: re.Pattern[bytes], text: bytes, rule: str) -> Iterator[Flaw]:
    for found in pattern.finditer(text):
        at = _AT.search(found[1])
        if at is None:
            raise Rejected("damaged-file", "file")
        if rule == "cell-error" or not _TEXT.search(found[1]):
            yield Flaw(int(at[2]) - 1, column_number(at[1]) - 1, rule)


def measure(chunks: Iterator[bytes]) -> None:
    """The area exactly, tag by tag, which takes longer. Raises Rejected where it is too large, or the XML is none."""
    row = column = last_row = last_column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, last_column
        name, reference = tag.rpartition(":")[2], attributes.get("r", "")
        if name == "row":
            row, column = _number(reference) if reference else row + 1, 0
        elif name == "c":
            letters = reference.rstrip("0123456789")
            if reference:
                row, column = _number(reference[len(letters) :]), column_number(letters[:4].encode())
            else:
                column += 1
            last_column = max(last_column, column)
            last_row = max(last_row, row)
        if row > MOST_ROWS or column > MOST_COLUMNS or last_row * last_column > MOST_CELLS:
            raise Rejected("too-large", "file")

    parse_xml(chunks, start)


def values(chunks: Iterator[bytes]) -> int:
    """How many cells have a value, at most."""
    return sum(text.count(b"/v") + text.count(b":v") for text in _whole_rows(chunks))


def written(chunks: Iterator[bytes], lengths: Sequence[int]) -> int:
    """How long all texts are, each as often as a cell names it. `lengths`: of the shared texts, in their order."""
    total, shared, number = 0, False, ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal shared, number
        if tag.rpartition(":")[2] == "c":
            shared, number = attributes.get("t") == "s", ""

    def text(said: str) -> None:
        nonlocal number
        if shared:
            number += said[:9]

    def end(tag: str) -> None:
        nonlocal total, shared
        if shared and tag.rpartition(":")[2] == "c":
            at, shared = number.strip(), False
            total += lengths[int(at)] if at.isdecimal() and int(at) < len(lengths) else 0

    parse_xml(chunks, start, end, text)
    return total


def _number(digits: str) -> int:
    if not digits.isdecimal() or not digits.isascii():
        raise Rejected("damaged-file", "file")
    return int(digits[:8])


def parse_xml(
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls what is given for each tag and text. Raises Rejected for what is no XML, or declares a document type."""

    def refuse(*_declared: object) -> None:
        raise Rejected("damaged-file", "file")  # no office program writes one; entities are how small files grow

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError):  # LookupError: of an encoding that nobody knows
        raise Rejected("damaged-file", "file") from None
