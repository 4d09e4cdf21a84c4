"""Dates and references of FHIR → the hub's. A partial date keeps its precision, a reference names its record."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from hub.adapters.base import Rejected
from hub.adapters.dates import EARLIEST, LATEST

WITHOUT_DAY = {4: "Y", 7: "M"}
"""Length of a partial date → its precision."""


def happened(text: str | None, place: str) -> dict[str, Any]:
    """`occurred_on` and its precision, of the day as its own clock had it. Raises Rejected where there is none."""
    if text is None:
        raise Rejected("missing-date", place)
    precision = WITHOUT_DAY.get(len(text), "D")
    try:
        day = date.fromisoformat((text + "-01-01")[:10])
    except ValueError:  # the thirtieth of February has the right form
        raise Rejected("not-a-date", place) from None
    if not EARLIEST <= day.year <= LATEST:
        raise Rejected("out-of-range", place)
    return {"occurred_on": day} if precision == "D" else {"occurred_on": day, "occurred_precision": precision}


def minutes(period: Mapping[str, Any], place: str) -> int | None:
    """The minutes of a period, where both its ends have a time.

    Raises Rejected where it ends before it starts (per-1). Partial dates are compared as far as they go.
    """
    start, end = period.get("start"), period.get("end")
    if start is None or end is None:
        return None
    if len(start) > 10 and len(end) > 10:
        seconds = (_instant(end, place) - _instant(start, place)).total_seconds()
        if seconds < 0:
            raise Rejected("impossible-order", place)
        return int(seconds // 60)
    known = min(len(start), len(end), 10)
    if end[:known] < start[:known]:
        raise Rejected("impossible-order", place)
    return None


def _instant(text: str, place: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(":60", ":59"))
    except ValueError:
        raise Rejected("not-a-date", place) from None


def target(reference: Any, by_url: Mapping[str, str]) -> str | None:
    """The record that a reference means, `Patient/7`, however it is written; `#p` where it stands within.

    A reference by identifier alone has none, as has a value that is no reference.
    """
    text = reference.get("reference") if type(reference) is dict else None
    if type(text) is not str or not text:
        return None
    if text.startswith("#"):
        return text
    if (named := by_url.get(text)) is not None:
        return named
    if text.count("/") == 1 and not text.startswith("urn:"):
        return text
    if "/" not in text or "?" in text or text.startswith("urn:"):
        return text
    steps = text.partition("/_history/")[0].rstrip("/").split("/")
    return "/".join(steps[-2:])


def identified(reference: Any) -> tuple[str, str] | None:
    """System and value of a reference's identifier."""
    found = reference.get("identifier") if type(reference) is dict else None
    if type(found) is not dict or not isinstance(found.get("value"), str):
        return None
    return str(found.get("system", "")), found["value"]


def version_order(meta: Any) -> tuple[str, int]:
    """What tells the newer of two versions of a resource: when it was changed, in UTC, and then its number."""
    said = meta if isinstance(meta, Mapping) else {}
    changed, number = said.get("lastUpdated"), said.get("versionId")
    try:
        changed = datetime.fromisoformat(changed).astimezone(UTC).isoformat() if isinstance(changed, str) else ""
    except (ValueError, OverflowError):
        changed = ""
    return changed, int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 10 else 0
