"""A text → a date and its precision, in the first of the source's formats that fits."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from hub.adapters.readings import MISSING, Broken

EARLIEST, LATEST = 1900, 2099
SERIALS = {"excel": date(1899, 12, 30), "excel-1904": date(1904, 1, 1)}
"""Formats that are a number of days, and their day 0 (ECMA-376-1, 18.17.4.1)."""
NO_DAY = 60
"""29 February 1900, which Excel counts: days up to it are one off, and nobody's date."""
QUARTER = "%q"
"""Stands for the number of a quarter, beside the year alone."""
_SERIAL = re.compile(r"([0-9]{1,6})(?:[.,][0-9]{1,15})?").fullmatch


class Dated(NamedTuple):
    """A date, and how much of it the source gave."""

    day: date
    precision: str


def date_parser(formats: tuple[str, ...], empty: frozenset[str], months: dict[str, int]) -> Callable[[str], Any]:
    """The function from a cell to its date. `months`: the stated names of months, which %B and %b then stand for."""
    numbered = _numbered(months)
    tried = [
        (pattern, pattern.replace("%B", "%m").replace("%b", "%m") if months else pattern, _precision(pattern))
        for pattern in formats
    ]

    def parse(text: str) -> Any:
        text = text.strip()
        if text in empty:
            return MISSING
        for pattern, plain, precision in tried:
            if pattern == "%Y%m%d" and len(text) != 8:
                continue  # strptime would take 2025112 for the second of November
            day = (
                _serial(text, pattern)
                if pattern in SERIALS
                else _quarter(text, pattern)
                if QUARTER in pattern
                else _day(text if plain == pattern else numbered(text), plain)
            )
            if day is None:
                continue
            return Dated(day, precision) if EARLIEST <= day.year <= LATEST else Broken("out-of-range")
        return Broken("not-a-date")

    return parse


def _precision(pattern: str) -> str:
    if pattern in SERIALS or "%d" in pattern:
        return "D"
    if QUARTER in pattern:
        return "Q"
    return "M" if any(month in pattern for month in ("%m", "%B", "%b")) else "Y"


def _day(text: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def _quarter(text: str, pattern: str) -> date | None:
    """The first day of a quarter."""
    form = re.escape(pattern).replace("%q", "(?P<q>[1-4])").replace("%Y", "(?P<y>[0-9]{4})")
    found = re.fullmatch(form, text)
    return date(int(found["y"]), int(found["q"]) * 3 - 2, 1) if found else None


def _serial(text: str, system: str) -> date | None:
    """The day of a number of days; the time of day, a fraction, is left out."""
    found = _SERIAL(text)
    if found is None:
        return None
    days = int(found[1])
    return SERIALS[system] + timedelta(days=days) if system != "excel" or days > NO_DAY else None


def _numbered(months: dict[str, int]) -> Callable[[str], str]:
    """The function that writes a month's name as its number, so that no computer's own language matters."""
    names = "|".join(map(re.escape, sorted(months, key=len, reverse=True)))
    word = re.compile(rf"(?<!\w)(?:{names})(?!\w)")

    def plain(text: str) -> str:
        return word.sub(lambda found: f"{months[found[0]]:02}", text.casefold(), count=1)

    return plain
