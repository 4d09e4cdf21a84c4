"""JSON and JSON lines → blocks of rows: an object is a row, a nested object dotted columns, an array a list in a cell.

Numbers are kept digit by digit. A name that stands twice in an object is damage: which is meant nobody knows.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice, repeat
from types import NoneType
from typing import Any, BinaryIO, NamedTuple, NoReturn

import msgspec

from hub.adapters.base import Rejected
from hub.adapters.cells import number_text
from hub.adapters.delimited import LINE_BYTES
from hub.adapters.header import read_header
from hub.adapters.source import Source
from hub.adapters.table import BLOCK_ROWS, NAMED, Block, Damaged, check_columns

FILE_BYTES = 256 << 20
"""The largest JSON file. JSON lines have no end."""
MOST_DIGITS = 400
DEEPEST = 20
"""Objects and arrays in each other, in one row."""
MOST_CELLS = 16_384
"""Of a row."""
_MARK = b"\xef\xbb\xbf"
Item = tuple[int, bytes]


class _Wrong(Exception):
    """A row breaks a rule at a place."""

    def __init__(self, rule: str, place: str = "") -> None:
        super().__init__(rule)
        self.rule, self.place = rule, place


class _Number(NamedTuple):
    digits: str


def read_json(file: BinaryIO, source: Source, columns: frozenset[str]) -> Iterator[Block]:
    """The rows of the array that the file is, or that stands at the source's path in it.

    The array holds objects, or arrays of cells, of which the first are the header. Raises Rejected for the file as a
    whole: too large, no JSON, no array there, a column that no row has.
    """
    data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise Rejected("too-large", "file")
    items: Iterator[Item] = enumerate(map(bytes, _array(data.removeprefix(_MARK), source.path)), 1)
    first = next(items, None)
    if first is None:
        return
    every = _chained(first, items)
    if first[1].lstrip().startswith(b"["):
        yield from _arrays(every, source, columns)
    else:
        yield from _objects(every, source, columns, "item")


def read_json_lines(file: BinaryIO, source: Source, columns: frozenset[str]) -> Iterator[Block]:
    """The rows of a file with an object in each line; empty lines are none."""
    yield from _objects(_lines(file), source, columns, "line")


def _chained(first: Item, rest: Iterator[Item]) -> Iterator[Item]:
    yield first
    yield from rest


def _array(data: bytes, path: str) -> list[msgspec.Raw]:
    """The texts of the elements, none of them read yet."""
    try:
        data.decode("utf-8")
        raw = msgspec.Raw(data)
        for step in filter(None, path.split(".")):
            inside = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
            if step not in inside:
                raise Rejected("path-missing", "file")
            raw = inside[step]
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise Rejected("path-missing", "file") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Rejected("not-json", "file") from None
    except RecursionError:
        raise Rejected("too-deep", "file") from None


def _lines(file: BinaryIO) -> Iterator[Item]:
    number = 0
    while line := file.readline(LINE_BYTES + 1):
        number += 1
        if len(line) > LINE_BYTES:
            raise Rejected("too-long", f"line {number}")
        if number == 1:
            line = line.removeprefix(_MARK)
        if line.strip():
            yield number, line


def _objects(items: Iterator[Item], source: Source, columns: frozenset[str], place: str) -> Iterator[Block]:
    header = tuple(sorted(columns))
    parents = frozenset(name[: at.start()] for name in columns for at in re.finditer(r"\.", name))
    missing = set(header)
    came = False
    while some := list(islice(items, BLOCK_ROWS)):
        block = Block(header, [], [], [], place)
        for number, text in some:
            try:
                row = _row(text, source, columns, parents)
            except _Wrong as wrong:
                block.damaged.append((number, Damaged(wrong.rule, text.decode("utf-8", "replace"), wrong.place)))
                continue
            came = True
            if missing:
                missing -= row.keys()
            if any(row.values()):
                block.lines.append(number)  # type: ignore[attr-defined]  # a list, made three lines above
                block.rows.append([*map(row.get, header, repeat(""))])
        yield block
    if missing and came:
        # Told with the last row, which is before anything leaves: a file is read once before it is sent.
        raise Rejected.all_of([("column-missing", name) for name in sorted(missing)[:NAMED]])


def _row(text: bytes, source: Source, columns: frozenset[str], parents: frozenset[str]) -> dict[str, str]:
    """An object's cells by their dotted names."""
    data = _decoded(text)
    if not isinstance(data, dict):
        raise _Wrong("row-shape")
    if data.keys() <= columns and {*map(type, data.values())} <= _SCALARS:
        return {name: value if type(value) is str else _scalar(value, source) for name, value in data.items()}
    row: dict[str, str] = {}
    for number, (name, value) in enumerate(_flat(data, "", 1), 1):
        if number > MOST_CELLS:
            raise _Wrong("too-wide")
        name = name or "column 1"
        if name not in columns:
            if name in parents and value in (None, [], {}):
                continue  # where others have an object or a list, this one has nothing
            raise _Wrong("column-unknown", f"value {number}")
        if name in row:
            raise _Wrong("column-twice", name)
        row[name] = _cell(value, source)
    return row


def _decoded(text: bytes) -> Any:
    try:
        return _DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError:
        raise _Wrong("not-text") from None
    except RecursionError:
        raise _Wrong("too-deep") from None
    except ValueError:
        raise _Wrong("not-json") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Wrong("column-twice")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_no_constant
)
_SCALARS = {str, bool, NoneType, _Number}


def _flat(data: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Names and values. An array of objects gives an array for each of their columns, all of one length."""
    if depth > DEEPEST:
        raise _Wrong("too-deep")
    for key, value in data.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            rows = [dict(_flat(each, f"{name}.", depth + 1)) for each in value]
            if any(isinstance(inner, list) for row in rows for inner in row.values()):
                raise _Wrong("too-deep", name if depth == 1 else "")
            for inner in dict.fromkeys(column for row in rows for column in row):
                yield inner, [row.get(inner) for row in rows]
        else:
            yield name, value


def _cell(value: Any, source: Source) -> str:
    if isinstance(value, list):
        parts = [_scalar(each, source) for each in value]
        if any(source.several in part for part in parts):
            raise _Wrong("ambiguous-list")
        return source.several.join(parts)
    return _scalar(value, source)


def _scalar(value: Any, source: Source) -> str:
    if isinstance(value, str):
        return value
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, _Number):
        raise _Wrong("too-deep")
    if value.digits.lstrip("-").isdecimal():
        return value.digits
    if len(value.digits) > MOST_DIGITS or not -30 < _exponent(value.digits) < 30:
        raise _Wrong("inexact-number")
    return number_text(value.digits, source.mark)


def _exponent(digits: str) -> int:
    power = digits.lower().partition("e")[2]
    return int(power[:6]) if power else 0


def _arrays(items: Iterator[Item], source: Source, columns: frozenset[str]) -> Iterator[Block]:
    """The same for arrays of cells."""
    read = ((number, *_cells(text, source)) for number, text in items)
    rows = (cells for _, cells, _ in read)
    skipped = sum(1 for _ in islice(rows, source.skip))
    found = read_header(rows, source.header, f"item {1 + skipped}")
    check_columns(found.names, found.twice, columns, [f"column {n}" for n in range(1, 1 + len(found.names))])
    width = len(found.names)
    while some := list(islice(read, BLOCK_ROWS)):
        good = [(number, cells) for number, cells, bad in some if bad is None and len(cells) == width]
        damaged = [
            (number, bad or Damaged("row-shape", "\t".join(cells)))
            for number, cells, bad in some
            if bad is not None or len(cells) != width
        ]
        filled = [(number, cells) for number, cells in good if any(cells)]
        yield Block(found.names, [number for number, _ in filled], [cells for _, cells in filled], damaged, "item")


def _cells(text: bytes, source: Source) -> tuple[list[str], Damaged | None]:
    try:
        data = _decoded(text)
        if not isinstance(data, list):
            raise _Wrong("row-shape")
        return [_cell(each, source) for each in data], None
    except _Wrong as wrong:
        return [], Damaged(wrong.rule, text.decode("utf-8", "replace"), wrong.place)
