"""A mapping file against the events: what the file's shape cannot tell. Each mistake comes with its place."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from pydantic import ValidationError

from hub.adapters.choosing import compile_condition
from hub.adapters.fields import compile_field
from hub.adapters.mapping_file import EXACT, GENERALISED, FactRule, Mapping
from hub.adapters.source import Source
from hub.adapters.yaml_tree import Place
from hub.events import NEWEST
from hub.events.base import Event
from hub.events.facts import code_value

PERIODS = ("month", "quarter", "year")
KINDS = {
    "date": (date, date | None),
    "integer": (int, int | None),
    "number": (float, float | None),
}
"""Types of fields that are no code, and as what a column of them is read."""
Mistakes = Iterator[tuple[Place, str]]

NOT_KNOWN = ("U", "NA", "NR", "REF")
"""The four ways of not knowing, as every code list has them."""
SENT, ALONE = "referral.sent", ("referral.sectoranswered",)
"""What is answered, and what of a referral's events answers nothing."""


def mistakes(mapping: Mapping) -> Mistakes:
    """Every mistake, by its place in the file."""
    for number, fact in enumerate(mapping.facts):
        place: Place = ("facts", number)
        if fact.event not in NEWEST:
            yield (*place, "event"), "no such event"
        elif NEWEST[fact.event].personal is mapping.about_nobody:
            other = "nobody" if mapping.about_nobody else "a person"
            yield (*place, "event"), f"a {mapping.record} is about {other}, and this event is not"
        else:
            yield from _of_fields(fact, NEWEST[fact.event], place)
            if mapping.about_nobody:
                yield from _in_clear(fact, place)
        yield from _of_groups(fact, place)
        for at, condition in enumerate(fact.when):
            yield from compiled(partial(compile_condition, condition, mapping.source), (*place, "when", at))
    yield from _facts_apart(mapping)
    yield from _answers_apart(mapping)


def takes_several(event: type[Event], field: str) -> bool:
    """Whether a field of the event holds several codes."""
    return field in event.model_fields and takes(event, field, ())


def takes(event: type[Event], field: str, value: Any) -> bool:
    """Whether an event's field takes the value."""
    try:
        code_value(event.topic(), list(event.model_fields).index(field), value)
    except ValidationError:
        return False
    return True


def _read_wrongly(event: type[Event], field: str, read_as: str | None) -> str:
    """As what a column of this field is read, where it is read as something else; a text is no count and no period."""
    if read_as is None:
        return ""
    if field == "period":
        return "" if read_as in PERIODS else "month, quarter or year"
    kind = event.model_fields[field].annotation
    wanted = next((how for how, types in KINDS.items() if kind in types), read_as)
    return "" if read_as == wanted else wanted


def _in_clear(fact: FactRule, place: Place) -> Mistakes:
    """Texts of cells. What stands in clear in the log says what the mapping lists, whatever is typed into a cell."""
    if fact.part and fact.part.column:
        yield (*place, "part"), "this event stands in clear: give each, repeat, or a value"
    for name, field in fact.fields.items():
        if field.read_as == "text":
            yield (*place, "fields", name), "this event stands in clear: give codes or a value"


def _of_fields(fact: FactRule, event: type[Event], place: Place) -> Mistakes:
    known = event.model_fields.keys() | GENERALISED.keys()
    coarse = [GENERALISED.get(name, name) for name in fact.fields]
    if twice := sorted({name for name in coarse if coarse.count(name) > 1}):
        yield (*place, "fields"), f"two sources for {', '.join(twice)}"
    needed = {name for name, field in event.model_fields.items() if field.is_required()}
    for name in sorted(needed.difference(coarse)):
        yield (*place, "fields"), f"{name} is needed"
    for name, field in fact.fields.items():
        there: Place = (*place, "fields", name)
        if name not in known:
            yield there, f"the event has no field {name}"
        elif name in EXACT:  # a day or a number, not a code
            yield from compiled(partial(compile_field, field, Source(), name), there)
            if field.columns() and field.read_as != EXACT[name]:
                yield there, f"{name} is read as {EXACT[name]}"
        elif name == "nationality":
            # ISO 3166 has Nauru and Namibia there: a word without an answer would leave as a country.
            for below, code in field.possible_codes():
                if code in NOT_KNOWN:
                    yield (*there, *below), f"{code} is a country there: read it as nationality_group"
        elif name in event.model_fields:
            if wrong := _read_wrongly(event, name, field.read_as):
                yield there, f"{name} is read as {wrong}"
            several = takes_several(event, name)
            if field.is_list() and not several and fact.each != name:
                yield there, "the event takes one code, and this may give several"
            # A crosswalk that leads to a code no list has would refuse every row it touches: refuse it here, by name.
            for below, code in field.possible_codes():
                if not takes(event, name, (code,) if several else code):
                    yield (*there, *below), f"the event has no code {code}"


def compiled(make: Callable[[], Any], place: Place) -> Mistakes:
    """What is wrong with something that is made once, when the file is loaded."""
    try:
        make()
    except ValueError as error:
        yield place, str(error)


def _of_groups(fact: FactRule, place: Place) -> Mistakes:
    for name in {*(fact.repeat[0] if fact.repeat else ())} - fact.columns():
        yield (*place, "repeat", 0, name), "nothing in the rule reads this column"


def _answers_apart(mapping: Mapping) -> Mistakes:
    """An answer stands beside the referral of its part: under another it is nobody's, and the referral waits."""
    referrals = [_part_of(fact) for fact in mapping.facts if fact.event == SENT]
    for number, fact in enumerate(mapping.facts):
        apart = fact.event.startswith("referral.") and fact.event not in (SENT, *ALONE)
        if apart and referrals and _part_of(fact) not in referrals:
            yield ("facts", number), f"{fact.event} is of another part than {SENT}: give both the same"


def _part_of(fact: FactRule) -> str:
    """By what a rule's facts are told apart, as a text that two rules of the same part share."""
    groups = [sorted(group.values()) for group in fact.repeat or ()]
    return f"{fact.each or ''}|{fact.part.model_dump_json() if fact.part else ''}|{groups}"


def _facts_apart(mapping: Mapping) -> Mistakes:
    """Two rules that always state one event of one row need a part each: they would correct each other for ever."""
    seen = set()
    for number, fact in enumerate(mapping.facts):
        if fact.when or fact.is_several() or fact.repeat:
            continue
        stated = (fact.event, fact.part and fact.part.value)
        if stated in seen:
            yield ("facts", number), f"two rules without a part of their own state {fact.event}"
        seen.add(stated)
