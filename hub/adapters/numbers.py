"""A text → a number, in one way alone: what could be read in two is refused, never guessed."""

import re
from collections.abc import Callable
from typing import Any

from hub.adapters.readings import MISSING, Broken
from hub.adapters.source import Source

SPACES, APOSTROPHES, MINUS = "\u00a0\u202f\u2009", "\u2019", "\u2212"
"""Ways in which programs write a thousands mark that is a space or an apostrophe, and a minus."""
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*").fullmatch
_PLAINLY = {ord(each): " " for each in SPACES} | {ord(each): "'" for each in APOSTROPHES} | {ord(MINUS): "-"}


def number_parser(kind: str, source: Source, empty: frozenset[str]) -> Callable[[str], Any]:
    """The function from a cell to its number, as the source writes it: thousands only in groups of three, no exponent.

    Where no thousands mark is stated, 2.887 may be two or two thousand: of an `integer` it is always refused, of a
    `number` unless `decimal` is stated.
    """
    mark, point = re.escape(source.thousands), re.escape(source.mark)
    grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if source.thousands else ""
    form = re.compile(rf"([+-]?(?:{grouped}[0-9]{{1,15}}))(?:{point}([0-9]{{1,15}}))?")
    broken = Broken("not-an-integer" if kind == "integer" else "not-a-number")
    ambiguous = Broken("ambiguous-number")

    def parse(text: str) -> Any:
        text = text.strip()
        if text in empty:
            return MISSING
        text = text.translate(_PLAINLY)
        if not source.thousands and (group := _GROUPED(text)):
            once = text.count(group[1]) == 1
            if kind == "integer" or not (once and group[1] == source.decimal):
                return ambiguous
        if (found := form.fullmatch(text)) is None:
            return broken
        whole = found[1].replace(source.thousands, "") if source.thousands else found[1]
        part = found[2] or "0"
        if kind == "number":
            return float(f"{whole}.{part}")
        return broken if part.strip("0") else int(whole)

    return parse
