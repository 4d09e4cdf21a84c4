"""Schedules of a service → the hours of any week. What holds for some weeks alone, or once, is not read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from hub.adapters.hsds_references import text_of
from hub.events.directory import Weekday

DAYS: tuple[str, ...] = get_args(Weekday)
DAY, WEEK = 24 * 60, 7 * 24 * 60
"""Minutes."""
SOME_WEEKS = ("until", "count", "valid_to", "byweekno", "bymonthday", "byyearday")
"""A schedule that has one of these does not hold for every week (RFC 5545, 3.3.10)."""
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?").fullmatch
Span = tuple[int, int, int]
"""From which minute of the week to which, and the day on which it opened."""


def hours_of(schedules: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Fields of service.hourslisted: days, hours, round the clock or not. None where no schedule holds weekly."""
    spans = sorted(span for schedule in schedules for span in _spans(schedule))
    if not spans:
        return None
    minutes = _together(spans)
    return {
        "weekdays": tuple(DAYS[day] for day in sorted({day for _, _, day in spans})),
        "weekly_hours": round(minutes / 60),
        "round_the_clock": "Y" if minutes == WEEK else "N",
    }


def _spans(schedule: Mapping[str, Any]) -> Iterator[Span]:
    if text_of(schedule, "freq").upper() != "WEEKLY" or any(schedule.get(name) for name in SOME_WEEKS):
        return
    if str(schedule.get("interval") or 1)[:4] not in ("1", "1.0"):
        return
    opens, closes = (_minute(schedule, name) for name in ("opens_at", "closes_at"))
    days = [day.strip() for day in text_of(schedule, "byday").upper().split(",")]
    if opens is None or closes is None or not set(days) <= {*DAYS}:
        return
    long = (closes - opens - 1) % DAY + 1  # closes before it opens: on the next day; the same hour: after a whole day
    for day in map(DAYS.index, days):
        start = day * DAY + opens % DAY
        yield start, min(start + long, WEEK), day
        if start + long > WEEK:
            yield 0, start + long - WEEK, day


def _minute(schedule: Mapping[str, Any], name: str) -> int | None:
    found = _TIME(text_of(schedule, name))
    if found is None:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return DAY if minute == DAY - 1 else minute if minute <= DAY else None


def _together(spans: list[Span]) -> int:
    """Minutes of the week that are in at least one span. They are sorted."""
    minutes = until = 0
    for start, end, _ in spans:
        minutes += max(0, end - max(start, until))
        until = max(until, end)
    return minutes
