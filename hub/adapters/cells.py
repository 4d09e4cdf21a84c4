"""Cells that are numbers, dates and truth values → text, such as the rules for texts read in one way alone."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number (IEEE 754 double): a longer one has already lost its end."""
INEXACT = None
Textual = Callable[[Any], str | None]


def number_text(number: str, mark: str) -> str:
    """A number in the source's writing. `number`: as Decimal reads it; `mark`: the source's decimal mark.

    2.887 becomes 2.8870: with three digits after the mark, a text could mean two thousand.
    """
    whole, _, part = format(Decimal(number), "f").partition(".")
    part = part.rstrip("0")
    if not part:
        return "0" if whole == "-0" else whole
    return f"{whole}{mark}{part}{'0' if len(part) == 3 else ''}"


def textual(mark: str) -> Textual:
    """The function from a cell of a workbook to its text; INEXACT for a number of more digits than it can hold."""

    def text(cell: Any) -> str | None:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, (int, float)):
            if abs(cell) >= 10**EXACT_DIGITS or cell != cell:
                return INEXACT
            return number_text(format(cell, f".{EXACT_DIGITS}g"), mark)
        if isinstance(cell, datetime):
            return f"{cell:%H:%M:%S}" if cell.year < 1900 else moment_text(cell)
        if isinstance(cell, (date, time)):
            return cell.isoformat() if isinstance(cell, date) else f"{cell:%H:%M:%S}"
        if isinstance(cell, timedelta):
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return "" if cell is None else INEXACT

    return text


def moment_text(moment: datetime) -> str:
    """A day in the ISO form, with its time where that is not midnight."""
    return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M:%S}"
