"""One invented person with what happened to them, drawn so that age, sex, relationship and violence hang together."""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from examples.generator.draw import Choice
from examples.generator.kinds import CHILD, CHILD_OF_OFFENDER, KINDS, OLD, PARENT_OF_OFFENDER

MARKER = "CANARY"
"""Stands in every name, phone and remark that the generator writes. Not one byte of it may ever leave the edge."""
NO_FORMS: frozenset[str] = frozenset()
TOGETHER = {"01": 0.86, "02": 0.08, "03": 0.7, "04": 0.6, "07": 1.0}
"""Chance that victim and offender live together, by relationship; 0.03 for any other."""


class Person(NamedTuple):
    """Hub codes for what happened, the partner's own words for where from (`place`, `nation`)."""

    number: str
    sex: str
    birth_year: int
    birth_day: int
    place: str
    nation: str
    kind: str
    relation: str
    cohabiting: str
    forms: frozenset[str]
    offence: str


def draw_person(
    r: Callable[[], float], number: str, year: int, kind: str, places: Choice[str], nations: Choice[str]
) -> Person:
    """Draw a person of a kind; `r` gives the next random number."""
    about = KINDS[kind]
    relation = about.relations(r())
    ages = CHILD if relation in CHILD_OF_OFFENDER else OLD if relation in PARENT_OF_OFFENDER else about.ages
    low, high = ages(r())
    u = r()
    sex = "F" if u < about.female else "M" if u < 0.996 else "X" if u < 0.998 else "U"
    forms = NO_FORMS
    if about.forms or about.always:
        forms = frozenset([form for form, share in about.forms if r() < share] + [about.always]) - {""}
    cohabiting = "" if relation in ("NA", "90", "20") else "Y" if r() < TOGETHER.get(relation, 0.03) else "N"
    return Person(
        number, sex, year - low - int(r() * (high - low)), int(r() * 28), places(r()), nations(r()), kind,
        relation, cohabiting, forms, about.offences(r()),
    )  # fmt: skip


def name_of(number: str) -> str:
    """A name nobody bears, with the marker."""
    return f"{MARKER}-Name {number}"


def phone_of(number: str) -> str:
    """A phone number that cannot be called, with the marker."""
    return f"+000 {MARKER} {number}"


def remark_of(number: str) -> str:
    """A free-text remark, with the marker."""
    return f"{MARKER}-remark: {number} asked to be called back"


def visits(
    rng: Random, persons: int, records: int, new: Callable[[int], Person], keep: int
) -> Iterator[tuple[Person, bool]]:
    """Who comes, record by record: exactly `persons` people over `records` records; says whether for the first time.

    Selection sampling: the chance of somebody new is what is left of both. At most `keep` people are remembered, and
    the latest come back most, so memory stays small at any scale.
    """
    pool: list[Person] = []
    wanted, number = max(1, min(persons, records)), 0
    for left in range(records, 0, -1):
        if not pool or rng.random() * left < wanted - number:
            person = new(number)
            number += 1
            if len(pool) < keep:
                pool.append(person)
            else:
                pool[int(rng.random() * keep)] = person
            yield person, True
        else:
            yield pool[int(len(pool) * rng.random() ** 0.4)], False
