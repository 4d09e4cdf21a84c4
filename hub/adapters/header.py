"""Header rows → the names of the columns: several rows joined, HXL tags, blank and repeated headings told apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.source import Header
from hub.adapters.table import MOST_COLUMNS

SOUGHT_ROWS = 25
"""Rows among which the HXL tags must stand, after those of the header (https://hxlstandard.org/standard/1-1final/)."""
_TAG = re.compile(r"#\s*[a-zA-Z][a-zA-Z0-9_]*(\s*[+\s]\s*[a-zA-Z][a-zA-Z0-9_]*)*").fullmatch


class Names(NamedTuple):
    """The columns' names, and those of them that were numbered because the same heading stood before."""

    names: tuple[str, ...]
    twice: frozenset[int]


def read_header(rows: Iterator[Sequence[str]], header: Header, place: str) -> Names:
    """Reads the header's rows, HXL tags included, and no other. Raises Rejected: no header, too wide, no tags."""
    heads: list[Sequence[str]] = []
    for row in rows:
        heads.append(row)
        if len(row) > MOST_COLUMNS:
            raise Rejected("too-wide", place)
        if len(heads) >= header.rows or header.tags == "names":
            break
    if not any(cell.strip() for row in heads for cell in row):
        raise Rejected("empty-file", place)
    if len(heads) < header.rows and header.tags != "names":
        raise Rejected("header", place)
    if header.tags != "none":
        tags = _tags(heads, rows, skip=header.tags == "skip", place=place)
        if header.tags == "names":
            return told_apart(tags)
        heads = [[*row, *[""] * (len(tags) - len(row))] for row in heads]
    return told_apart(_joined(heads, header))


def _tags(heads: list[Sequence[str]], rows: Iterator[Sequence[str]], *, skip: bool, place: str) -> Sequence[str]:
    for number, row in enumerate(_both([] if skip else heads, rows)):
        if _is_tags(row):
            return row
        if skip or number >= SOUGHT_ROWS:
            break
    raise Rejected("tags-missing", place)


def _both(first: Iterable[Sequence[str]], then: Iterator[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield from first
    yield from then


def _is_tags(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and all(_TAG(cell) for cell in filled)


def _joined(heads: list[Sequence[str]], header: Header) -> list[str]:
    """One name a column, of the filled cells above each other."""
    width = max(map(len, heads))
    stacked = [[*map(_plain, row), *[""] * (width - len(row))] for row in heads]
    if header.fill:
        below = [False] * width
        for cells in reversed(stacked):
            last = ""
            for at, cell in enumerate(cells):
                last = cell or last
                cells[at] = last if below[at] else cell
                below[at] = below[at] or bool(cell)
    return [header.join.join(filter(None, column)) for column in zip(*stacked, strict=True)]


def _plain(heading: str) -> str:
    """A heading with its line breaks as spaces: they are how it was fitted into its cell."""
    return " ".join(heading.split()) if "\n" in heading or "\r" in heading else heading.strip()


def told_apart(headings: Iterable[str]) -> Names:
    """A name of its own for each column: `column 3` without a heading, `name (2)` where it stands a second time."""
    seen: dict[str, int] = {}
    names: list[str] = []
    twice = set()
    for number, heading in enumerate(map(str.strip, headings), 1):
        name = heading or f"column {number}"
        seen[name] = times = seen.get(name, 0) + 1
        if times > 1:
            twice.add(number - 1)
            name = f"{name} ({times})"
        names.append(name)
    if len(set(names)) < len(names):
        raise Rejected("column-twice", "header")
    return Names(tuple(names), frozenset(twice))
