"""How an unknown delimited file is written: encoding, separator, and its rows. Nothing of it is quoted."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.headings import names_somebody

SEPARATORS = (";", ",", "\t", "|")
LOOKED_AT = 60
"""Rows by which a separator is known."""
MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 32_000_000, 50_000, 400
"""How much of a sample is read."""
OF_LANGUAGE = {
    **dict.fromkeys(("hr", "pl", "cs", "sk", "hu", "sl", "ro"), "cp1250"),
    "bg": "cp1251",
    "el": "cp1253",
}
"""The one-byte encoding of old Windows programs, where it is none of the West."""
_DATA = re.compile(r"@|[0-9]{6,}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|^[^\W\d_]*[0-9]{3,}$|^[\W\d_]*$")
"""A heading has words in it, and is no number, no date and no address."""


class Sample(NamedTuple):
    """A table as it was found. `rows` have as many cells as `header`; `damaged`: how many had not."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    rows: list[list[str]]
    damaged: int

    def columns(self) -> Iterator[tuple[str, list[str]]]:
        """Each column's heading and cells, without the white space around them."""
        for at, name in enumerate(self.header):
            yield name, [row[at].strip() for row in self.rows]


def sniff(source: BinaryIO, language: str = "en") -> Sample:
    """The table in a delimited file. Raises Rejected, naming places alone, for what is no table with a header."""
    data = source.read(MOST_BYTES)
    if not data.strip():
        raise Rejected("empty-file", "line 1")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Rejected("not-text", "line 1")
    encoding = _encoding(data, language)
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    separator = max(SEPARATORS, key=lambda each: _fit(text, each))
    header, rows, damaged = _rows(text, separator)
    _check(header, rows)
    if not rows:
        raise Rejected("empty-file", "line 2")
    return Sample(encoding, separator, header, rows, damaged)


def _encoding(data: bytes, language: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(data) < MOST_BYTES or error.start < len(data) - 4:  # a character may be cut where the reading ended
            return _one_byte(data, language)
    return "utf-8"


def _one_byte(data: bytes, language: str) -> str:
    if language in OF_LANGUAGE:
        return OF_LANGUAGE[language]
    # 0x80-0x9f are letters and quotes in cp1252 only; the sign of the euro is 0xa4 in ISO-8859-15.
    return "iso8859-15" if b"\xa4" in data and not re.search(rb"[\x80-\x9f]", data) else "cp1252"


def _fit(text: str, separator: str) -> tuple[float, int]:
    """How many of the first rows are as wide as the header, and how wide that is."""
    header, rows, damaged = _rows(text, separator, LOOKED_AT)
    alike = len(rows) / (len(rows) + damaged or 1)
    return (alike if len(header) > 1 else 0.0, len(header))


def _rows(text: str, separator: str, most: int = MOST_ROWS) -> tuple[tuple[str, ...], list[list[str]], int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: tuple[str, ...] = ()
    rows: list[list[str]] = []
    damaged = 0
    try:
        for row in reader:
            if not any(map(str.strip, row)):
                continue
            if not header:
                header = tuple(cell.strip() for cell in row)
            elif len(row) == len(header):
                rows.append(row)
            else:
                damaged += 1
            if len(rows) + damaged >= most:
                break
    except csv.Error:
        damaged += 1
    return header, rows, damaged


def _check(header: tuple[str, ...], rows: list[list[str]]) -> None:
    """A header that is really data would stand in the draft: it is refused, by the number of its columns."""
    if len(header) < 2:
        raise Rejected("header", "line 1")
    if len(header) > MOST_COLUMNS:
        raise Rejected("too-large", "header")
    if len(set(header)) < len(header):
        raise Rejected("column-twice", "header")
    below = [{row[at].strip() for row in rows} for at in range(len(header))]
    data = [
        n
        for n, (name, cells) in enumerate(zip(header, below, strict=True), 1)
        if _DATA.search(name) or name in cells or (" " in name and names_somebody(name))
    ]
    if data:
        raise Rejected.all_of([("header", f"column {n}") for n in data[:20]])
