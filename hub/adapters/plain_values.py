"""Plain texts → dates, numbers and truth values, in one spelling each. Anything else raises ValueError."""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any


def parse_date(text: str) -> date:
    """`2025-07-31`, and no other way to write it."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError
    return date.fromisoformat(text)


def parse_integer(text: str) -> int:
    """Digits, with a minus or without."""
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError
    return int(text)


def parse_number(text: str) -> float:
    """A finite number with a decimal point."""
    number = float(text) if text.isascii() and "_" not in text else math.nan
    if not math.isfinite(number):
        raise ValueError
    return number


def parse_bool(text: str) -> bool:
    """`true` or `false`."""
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


PARSERS: dict[type, tuple[str, Callable[[str], Any]]] = {
    date: ("not-a-date", parse_date),
    bool: ("not-true-or-false", parse_bool),
    int: ("not-an-integer", parse_integer),
    float: ("not-a-number", parse_number),
}
"""Python type → the rule that a text breaks which is not one, and how to read it."""
