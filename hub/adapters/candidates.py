"""A partner's word → the hub's code that it may mean, by the labels of the code lists and what other partners wrote."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

from hub.adapters import mappings
from hub.adapters.headings import folded, words
from hub.adapters.mapping import load_mapping
from hub.events import NEWEST
from hub.events.schema import code_lists, labels

EXACT, WHOLE, PARTS, ALIKE = 4, 3, 2, 1
"""How well a word fits: it is the label; with the column's heading it says all of the label, in words cut short; it
says some of the label; or one of its words is like one of the label's."""
SHORTEST, ALIKE_LETTERS = 4, 5
"""Letters of a word that may stand for a longer one (one less with a full stop behind it), and of one that is alike."""
MOST_CANDIDATES = 4


class Found(NamedTuple):
    """The code, where one alone fits and `fit` is more than ALIKE; else codes that may be meant."""

    code: str
    fit: int
    others: tuple[str, ...] = ()


def codes_of(event: str, field: str) -> tuple[str, ...]:
    """The codes that a field of an event may hold; none for a field that holds no code."""
    wanted = NEWEST[event].model_fields.get(field)
    return tuple(_codes(wanted.annotation)) if wanted else ()


def is_list(event: str, field: str) -> bool:
    """Whether a field holds several codes."""
    wanted = NEWEST[event].model_fields.get(field)
    return wanted is not None and str(wanted.annotation).startswith("tuple")


def labelled(codes: Iterable[str], language: str) -> dict[str, str]:
    """Codes and their labels in a language, or in English where there is none."""
    codes = tuple(codes)
    said = _labels(codes)
    return {code: said.get(code, {}).get(language) or said.get(code, {}).get("en", "") for code in codes}


def heading_code(heading: str, codes: Iterable[str]) -> str:
    """The code whose label, in any language, stands in a heading: the longest such label; empty where none does."""
    found = folded(heading).split()
    fits: dict[int, set[str]] = defaultdict(set)
    for code, said in _labels(tuple(codes)).items():
        for label in said.values():
            parts = [part[:ALIKE_LETTERS] for part in folded(label).split() if len(part) >= SHORTEST]
            if parts and all(any(each.startswith(part) for each in found) for part in parts):
                fits[len(parts)].add(code)
    best = fits[max(fits)] if fits else set()
    return next(iter(best)) if len(best) == 1 else ""


def find_code(text: str, field: str, codes: Iterable[str], language: str, heading: str = "") -> Found:
    """What a word of a column may mean for a field."""
    word, around = folded(text), folded(heading).split()
    shortest = SHORTEST - text.rstrip().endswith(".")
    fits: dict[int, set[str]] = defaultdict(set)
    for said, code in _vocabulary(field, tuple(codes), language):
        if fit := _fit(word, said, around, shortest):
            fits[fit].add(code)
    for fit in (EXACT, WHOLE, PARTS):
        if len(fits[fit]) == 1:
            return Found(fits[fit].pop(), fit)
        if fits[fit]:
            return Found("", fit, tuple(sorted(fits[fit]))[:MOST_CANDIDATES])
    return Found("", 0, tuple(sorted(fits[ALIKE]))[:MOST_CANDIDATES])


def best_field(texts: Iterable[str], fields: Mapping[str, tuple[str, ...]], language: str) -> str | None:
    """The field whose codes most of the words mean, where more than half of them do. Yes and no say nothing of it."""
    texts = [text for text in texts if folded(text) not in words().yes | words().no]
    counts = {
        field: sum(bool(find_code(text, field, codes, language).code) for text in texts)
        for field, codes in fields.items()
    }
    field = max(counts, key=lambda each: counts[each], default=None)
    return field if field and texts and counts[field] > len(texts) / 2 else None


@cache
def _labels(codes: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The labels of the code list that has these codes, by code and language."""
    name = next((name for name, listed in _lists().items() if listed == codes), None)
    return labels(name) if name else {}


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    return code_lists()


@cache
def _vocabulary(field: str, codes: tuple[str, ...], language: str) -> tuple[tuple[str, str], ...]:
    """Words and codes: each code itself, its labels, and what partners of this language wrote for this field."""
    made = [(folded(code), code) for code in codes]
    made += [(folded(label), code) for code, label in labelled(codes, language).items()]
    made += [(folded(label), code) for code, label in labelled(codes, "en").items()]
    known = frozenset(codes)
    learned = _learned(language).get(field, {})
    return tuple(
        dict.fromkeys([*made, *((word, code) for word, code in learned.items() if code in known or not known)])
    )


@cache
def _learned(language: str) -> dict[str, dict[str, str]]:
    """Field → word → code, from the mappings that are installed."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in mappings():
        if f"\nlanguage: {language}" not in path.read_text("utf-8"):
            continue  # most are of another language, and reading all of them takes a second
        mapping = load_mapping(path).mapping
        for fact in mapping.rules():
            for name, field in fact.fields.items():
                exact = {text: each.code for text, each in field.crosswalk().items() if each.code}
                for text, code in {**exact, **(field.flags or {})}.items():
                    if word := folded(text):
                        found[name].setdefault(word, code)
    return found


def _codes(annotation: Any) -> Iterable[str]:
    """The texts of a Literal, wherever in a type it stands."""
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        elif inner is not type(None):
            yield from _codes(inner)


def _fit(word: str, said: str, around: list[str], shortest: int) -> int:
    if not word or not said:
        return 0
    if word == said or _without_endings(said) == word.split():
        return EXACT
    parts, known = word.split(), said.split()
    if len(word) < shortest and word not in known:
        return PARTS if len(known) == 1 and said.startswith(word) else 0
    if not words().other.isdisjoint(parts):  # "other" is part of many labels, and says nothing of them
        return 0
    if all(part in known or any(len(part) >= shortest and each.startswith(part) for each in known) for part in parts):
        rest = [each for each in known if not any(each.startswith(part) for part in parts)]
        return WHOLE if all(any(near.startswith(each) for near in around) for each in rest) else PARTS
    long = [part[:ALIKE_LETTERS] for part in parts if len(part) >= ALIKE_LETTERS]
    return ALIKE if any(re.search(rf"\b{part}", said) for part in long) else 0


def _without_endings(said: str) -> list[str]:
    """`companheiro a`, which was written companheiro/a, without the ending."""
    return [part for part in said.split() if len(part) > 1]
