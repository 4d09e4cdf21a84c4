"""What is wrong with a file, in few lines: the same rule at the same place is one line, however many rows break it.

Memory follows the number of lines, which has a bound, and not the number of rows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.adapters.base import Adapter, Problem
from hub.adapters.count_table import CountAdapter
from hub.adapters.mapping import MappingAdapter
from hub.adapters.rules import LANGUAGES, catalogue, words

FIRST = 5
"""Positions that a line names."""
MOST_LINES = 500
"""What is more goes into one line a rule, without its place."""
MOST_TEXTS = 100
"""Different texts that are counted a line."""
_LINE = re.compile(r"(?:(?P<place>.*), )?(?P<line>line [0-9]+)", re.DOTALL)
ELSEWHERE = "elsewhere"


@dataclass
class Line:
    """One rule at one place: how many rows break it there, the first of them, and by how many different texts."""

    rule: str
    place: str
    rows: int = 0
    first: list[str] = field(default_factory=list)
    _texts: set[int] = field(default_factory=set)

    def add(self, position: str, text: str | None) -> None:
        """One row more. `text`: what stands there; only how many there are is kept."""
        self.rows += 1
        if len(self.first) < FIRST:
            self.first.append(position)
        if text is not None and len(self._texts) < MOST_TEXTS:
            self._texts.add(hash(text))

    @property
    def texts(self) -> int:
        """Different texts; 0 where the place is no cell."""
        return len(self._texts)


class Told(NamedTuple):
    """A line for people, in one language."""

    rule: str
    place: str
    rows: int
    texts: int
    first: list[str]
    text: str
    hint: str


class Problems:
    """What is wrong so far. `take` has the form of `leaving.Aside`."""

    def __init__(self) -> None:
        self.refused = 0
        self._lines: dict[tuple[str, str], Line] = {}

    def take(self, position: str, data: object, problems: Iterable[Problem]) -> None:
        """A refused row."""
        self.refused += 1
        self.add(position, data, problems)

    def add(self, position: str, data: object, problems: Iterable[Problem]) -> None:
        """Something is wrong, with a row or with the file as a whole."""
        # Two facts of one row may break one rule at one place: that is one cell to mend.
        found = dict.fromkeys((rule, *_apart(where, position)) for rule, where in problems)
        for rule, place, at in found:
            self._line(rule, place).add(at, _text(data, place))

    def lines(self, language: str) -> list[Told]:
        """Every line: what most rows break first."""
        ordered = sorted(self._lines.values(), key=lambda line: -line.rows)
        return [
            Told(line.rule, line.place, line.rows, line.texts, line.first, *words(line.rule, language))
            for line in ordered
        ]

    def _line(self, rule: str, place: str) -> Line:
        found = self._lines.get((rule, place))
        if found is None:
            if len(self._lines) >= MOST_LINES:
                place = ELSEWHERE
            found = self._lines.setdefault((rule, place), Line(rule, place))
        return found


def told(line: Told) -> dict[str, Any]:
    """A line for programs; `mend` says what has to change."""
    rule = catalogue().get(line.rule)
    return {**line._asdict(), "mend": rule.mend if rule else "data"}


def language_of(adapter: Adapter) -> str:
    """The partner's language, if there are words in it; English else."""
    own = adapter.mapping.language if isinstance(adapter, MappingAdapter | CountAdapter) else ""
    return own if own in LANGUAGES else LANGUAGES[0]


def _apart(place: str, position: str) -> tuple[str, str]:
    """A tree's places name their line: `due_on, line 17` is the place `due_on` at the position `line 17`."""
    found = _LINE.fullmatch(place)
    return (found["place"] or "", found["line"]) if found else (place, position)


def _text(data: object, place: str) -> str | None:
    text = data.get(place) if isinstance(data, Mapping) else None
    return text if isinstance(text, str) else None
