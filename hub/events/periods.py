"""Periods of time as SDMX writes them: a year, a quarter, a month; and which days they hold."""

from datetime import date
from typing import Literal

Grain = Literal["year", "quarter", "month"]


def period_of(day: date, grain: Grain) -> str:
    """The period that holds a day: `2025`, `2025Q3` or `2025-07`."""
    if grain == "year":
        return f"{day.year}"
    return f"{day.year}-{day.month:02}" if grain == "month" else f"{day.year}Q{(day.month + 2) // 3}"


def grain_of(period: str) -> Grain:
    """How long a period is, from its form."""
    return "quarter" if "Q" in period else "month" if "-" in period else "year"
