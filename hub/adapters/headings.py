"""What the heading of a column says that it may hold, in the languages of the partners: `column_words.yaml`."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from anyascii import anyascii

FILE = Path(__file__).with_name("column_words.yaml")
WHOLE = 3
"""Letters up to which a word stands for itself alone; a longer one also for what begins with it. An abbreviation, which
ends with a point in the file, stands for itself too."""
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")


class Words(NamedTuple):
    """The file, as it stands there: meaning → words."""

    never: Mapping[str, list[str]]
    national: Mapping[str, list[str]]
    record: list[str]
    person: list[str]
    dates: Mapping[str, list[str]]
    numbers: Mapping[str, list[str]]
    codes: Mapping[str, list[str]]
    nothing: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    other: frozenset[str]
    titles: frozenset[str]
    given: frozenset[str]


@cache
def words() -> Words:
    """The words of this installation."""
    raw: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes texts only
    sets = {name: frozenset(map(folded, raw[name])) for name in ("yes", "no", "other", "titles", "given")}
    return Words(**{**raw, **sets, "nothing": frozenset(text.casefold() for text in raw["nothing"])})


def folded(text: str) -> str:
    """A text in small letters a to z and digits, words apart by one space."""
    return " ".join(_WORD.findall(anyascii(_GLUED.sub(" ", text)).casefold()))


def meaning(heading: str, meanings: Mapping[str, Iterable[str]]) -> str | None:
    """The first meaning of which a word stands in the heading; None for a heading that says nothing of them."""
    found = folded(heading).split()
    return next((means for means, said in meanings.items() if any(_stands(word, found) for word in said)), None)


def _stands(word: str, found: list[str]) -> bool:
    return all(any(_is(part, each) for each in found) for part in word.split("+"))


def _is(word: str, found: str) -> bool:
    if word.endswith("."):
        return found == word[:-1]
    return found == word if len(word) <= WHOLE else found.startswith(word)


def names_somebody(text: str) -> bool:
    """Whether a text begins with a given name, or has a title before a name."""
    found = folded(text).split()
    known = words()
    return bool(found) and (found[0] in known.given or (len(found) > 1 and not known.titles.isdisjoint(found[:2])))
