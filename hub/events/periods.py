"""Periods of time as SDMX writes them: a year, a quarter, a month; and which days they hold."""

from datetime import date
from typing import Literal

Grain = Literal["year", "quarter", "month"]
DATED = ("occurred_on", "held_on", "assessed_on", "period")
"""Fields that say when an event happened, or of which period its figure is. No event has two of them."""
_SHORTEST_FIRST: tuple[Grain, ...] = ("month", "quarter", "year")


def period_of(day: date, grain: Grain) -> str:
    """The period that holds a day: `2025`, `2025Q3` or `2025-07`."""
    if grain == "year":
        return f"{day.year}"
    return f"{day.year}-{day.month:02}" if grain == "month" else f"{day.year}Q{(day.month + 2) // 3}"


def grain_of(period: str) -> Grain:
    """How long a period is, from its form."""
    return "quarter" if "Q" in period else "month" if "-" in period else "year"


def first_day(said: str) -> date:
    """The first day of a period, or the day itself, such as `2025-07-31`."""
    year, rest = int(said[:4]), said[4:]
    if len(rest) > len("-07"):
        return date.fromisoformat(said)
    return date(year, int(rest[-1]) * 3 - 2 if "Q" in rest else int(rest[1:] or 1), 1)


def period_around(said: str, grain: Grain) -> str:
    """The period that holds a day, or a period. Raises ValueError for a period that is longer."""
    if len(said) < len("2025-07-31") and _SHORTEST_FIRST.index(grain_of(said)) > _SHORTEST_FIRST.index(grain):
        raise ValueError("a longer period")
    return period_of(first_day(said), grain)
