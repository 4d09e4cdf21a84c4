"""Values of a Primero record → texts, days and codes. A value of another kind than its field's is named and refused."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from hub.adapters.dates import EARLIEST, LATEST
from hub.adapters.fields import Problems
from hub.adapters.gbvims_codes import Unknown, crosswalks
from hub.adapters.plain_values import parse_date

Data = Mapping[str, Any]


def text_of(data: Data, name: str, problems: Problems) -> str:
    """A field as a text: true and false as words, several answers joined as in the Incident Recorder."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " & ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value).strip()
    problems.append(("not-a-text", name))
    return ""


def is_one_of(data: Data, name: str, texts: Collection[str]) -> bool:
    """Whether a field is one of these texts."""
    value = data.get(name)
    return isinstance(value, str) and value in texts


def day_of(data: Data, name: str, problems: Problems) -> date | None:
    """The day of a field: `2025-03-05`, alone or before a time."""
    text = text_of(data, name, problems)
    if not text:
        return None
    try:
        day = parse_date(text[:10] if text[10:11] in ("T", " ", "") else text)
    except ValueError:
        problems.append(("not-a-date", name))
        return None
    if not EARLIEST <= day.year <= LATEST:
        problems.append(("out-of-range", name))
        return None
    return day


def code_of(data: Data, name: str, crosswalk: str, problems: Problems) -> str | None:
    """The hub's code of a field. None where it is empty, no code says it, or it was named in `problems`."""
    text = text_of(data, name, problems)
    if not text:
        return None
    try:
        return crosswalks()[crosswalk].read(text)
    except Unknown:
        problems.append(("unknown-code", name))
        return None


def rows_of(data: Data, name: str, problems: Problems) -> list[dict[str, Any]]:
    """The rows of a subform."""
    value = data.get(name)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    problems.append(("not-a-list", name))
    return []
