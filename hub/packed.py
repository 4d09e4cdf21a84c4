"""Rows into SQLite by one statement a batch: their values packed side by side, and taken apart by SQLite itself.

`executemany` takes Python's lock at every row. One `INSERT … SELECT` over packed values runs in C from the first row to
the last and leaves the lock alone, so that one thread writes while another computes.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any

DIGITS = 20
"""Width of an integer as text: a sign and every digit of 64 bits."""
NULL = -(2**63)
"""Stands for NULL among integers: no id, version or handle is that low."""
NARROW = 64
"""Texts up to this width are padded to the longest; above, each has its place and width written beside it."""


def insert_packed(
    verb: str, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> tuple[str, tuple[Any, ...]]:
    """The statement and its values for some rows (at least one). `verb` is INSERT or INSERT OR REPLACE.

    A column holds integers, texts or bytes, all of one kind; integers may be NULL.
    """
    values: list[Any] = [len(rows)]
    forms = []
    for column in zip(*rows, strict=True):
        form, *more = _packed(column)
        forms.append(form)
        values += more
    return _statement(verb, table, tuple(columns), tuple(forms)), tuple(values)


def _packed(column: tuple[Any, ...]) -> tuple[Any, ...]:
    """The form a column is packed in, and the values that go with it."""
    if column[0] == column[-1] and len(set(column)) == 1:
        return "same", column[0]
    first = next(value for value in column if value is not None)
    if isinstance(first, int):
        if isinstance(column[0], int) and column == tuple(range(column[0], column[0] + len(column))):
            return "in turn", column[0]
        return "integers", b"".join([b"%20d" % (NULL if value is None else value) for value in column])
    if isinstance(first, bytes):
        return "bytes", *_side_by_side(column)
    widths = set(map(len, column))
    widest = max(widths)
    joined = "".join(column if len(widths) == 1 else [text.ljust(widest) for text in column])
    if widest <= NARROW and joined.isascii() and not any(text.endswith(" ") for text in set(column)):
        return "narrow texts", joined.encode(), widest
    return "texts", *_side_by_side([text.encode() for text in column])


def _side_by_side(pieces: Sequence[bytes]) -> tuple[bytes, Any]:
    """All of them, and one width where they share it, else place and width of each in ten digits."""
    widths = list(map(len, pieces))
    if len(set(widths)) == 1:
        return b"".join(pieces), widths[0]
    ends = accumulate(widths)
    return b"".join(pieces), b"".join(
        [b"%10d%10d" % (end - width + 1, width) for end, width in zip(ends, widths, strict=True)]
    )


@cache
def _statement(verb: str, table: str, columns: tuple[str, ...], forms: tuple[str, ...]) -> str:
    taken = []
    number = 1
    for form in forms:
        number += 1
        value, more = f"?{number}", f"?{number + 1}"
        match form:
            case "same":
                taken.append(value)
                continue
            case "in turn":
                taken.append(f"{value} + i")
                continue
            case "integers":
                digits = f"cast(substr({value}, i * {DIGITS} + 1, {DIGITS}) AS TEXT)"
                taken.append(f"nullif(cast({digits} AS INTEGER), {NULL})")
                continue
            case "narrow texts":
                taken.append(f"rtrim(cast(substr({value}, i * {more} + 1, {more}) AS TEXT))")
            case _:
                start, width = (f"cast(cast(substr({more}, i * 20 + {at}, 10) AS TEXT) AS INTEGER)" for at in (1, 11))
                piece = (
                    f"CASE WHEN typeof({more}) = 'integer' THEN substr({value}, i * {more} + 1, {more}) "
                    f"ELSE substr({value}, {start}, {width}) END"
                )
                taken.append(f"cast({piece} AS TEXT)" if form == "texts" else piece)
        number += 1
    return (
        f"{verb} INTO {table} ({', '.join(columns)}) "  # noqa: S608 - our own tables' names
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) "
        f"SELECT {', '.join(taken)} FROM n"
    )
