"""A sheet that was cut → its rows of texts: what a distinct cell says is read once, by the library, then looked up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from python_calamine import CalamineSheet

from hub.adapters.cells import INEXACT, Textual
from hub.adapters.sheet import Area, Chunk, Flaw, Sheet
from hub.adapters.table import BLOCK_ROWS
from hub.adapters.xlsx_cut import Cut

_STATED = re.compile(rb'[^<>]* t="[se]"[^<>]*>(?:<f.*>)?<v>[^<]').match
"""A text or an error: a filled cell for the library although it gives an empty text. Of others nobody knows."""


def distinct_sheet(number: int, sheet: Cut, cells: CalamineSheet, flaws: Sequence[Flaw], text: Textual) -> Sheet | None:
    """The sheet, its distinct cells as the library read them. None: it read other cells than were cut.

    `cells` and `flaws`: of `sheet.distinct()`.
    """
    values = [row[0] for row in cells.iter_rows()]
    if len(values) != len(sheet.cells) or cells.start != ((0, 0) if values else None) or cells.width > 1:
        return None
    blank = [cell for cell, value in zip(sheet.cells, values, strict=True) if value == ""] if "" in values else []
    if not all(map(_STATED, blank)):
        return None
    filled = _filled(sheet)
    texts = ["", *map(text, values)]
    inexact = {at: "inexact-number" for at, each in enumerate(texts) if each is INEXACT}
    return Sheet(
        number,
        filled.left,
        partial(_chunks, filled, [each or "" for each in texts], inexact),
        _flaws(sheet.numbers, sheet.rows, {flaw.row + 1: flaw.rule for flaw in flaws}),
        merged_areas(cells),
    )


def merged_areas(cells: CalamineSheet) -> list[Area]:
    """The merged cells of a sheet."""
    return [Area(top, left, bottom, right) for (top, left), (bottom, right) in cells.merged_cell_ranges or ()]


class _Filled(NamedTuple):
    """The rows up to the last filled one, and the first of their columns that is filled, and the one after the last."""

    numbers: list[int]
    rows: list[tuple[int, ...]]
    left: int
    right: int


def _filled(sheet: Cut) -> _Filled:
    count = next((at for at in range(len(sheet.rows), 0, -1) if any(sheet.rows[at - 1])), 0)
    numbers, rows = sheet.numbers[:count], sheet.rows[:count]
    columns = [at for at in range(len(rows[0]) if rows else 0) if any(map(itemgetter(at), rows))]
    return _Filled(numbers, rows, *((columns[0], columns[-1] + 1) if columns else (0, 0)))


def _flaws(numbers: Sequence[int], rows: Sequence[tuple[int, ...]], rules: Mapping[int, str]) -> list[Flaw]:
    """Where the cells stand that break a rule."""
    return [
        Flaw(number - 1, at, rules[cell])
        for number, row in (zip(numbers, rows, strict=True) if rules else ())
        if not rules.keys().isdisjoint(row)
        for at, cell in enumerate(row)
        if cell in rules
    ]


def _chunks(filled: _Filled, texts: Sequence[str], inexact: Mapping[int, str]) -> Iterator[Chunk]:
    """All rows up to the last one, of one width, those too that are not written because they are empty."""
    left, right, next_row = filled.left, filled.right, 1
    for at in range(0, len(filled.rows), BLOCK_ROWS):
        numbers, rows = filled.numbers[at : at + BLOCK_ROWS], filled.rows[at : at + BLOCK_ROWS]
        cells = [list(itemgetter(*row)(texts)[left:right]) for row in rows]
        flaws = [flaw._replace(column=flaw.column - left) for flaw in _flaws(numbers, rows, inexact)]
        if numbers[-1] - next_row < len(rows):
            yield Chunk(next_row - 1, cells, flaws)
        else:
            known = dict(zip(numbers, cells, strict=True))
            for first in range(next_row, numbers[-1] + 1, BLOCK_ROWS):
                some = range(first, min(first + BLOCK_ROWS, numbers[-1] + 1))
                yield Chunk(first - 1, [known.get(number) or [""] * (right - left) for number in some], flaws)
        next_row = numbers[-1] + 1
