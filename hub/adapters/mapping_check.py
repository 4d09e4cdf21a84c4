"""A mapping file against the events: what the file's shape cannot tell. Each mistake comes with its place."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.adapters.choosing import compile_condition
from hub.adapters.fields import compile_field
from hub.adapters.mapping_file import EXACT, GENERALISED, FactRule, Mapping, Source
from hub.adapters.yaml_tree import Place
from hub.events import NEWEST
from hub.events.base import Event

Mistakes = Iterator[tuple[Place, str]]


def mistakes(mapping: Mapping) -> Mistakes:
    """Every mistake, by its place in the file."""
    for number, fact in enumerate(mapping.facts):
        place: Place = ("facts", number)
        if fact.event not in NEWEST:
            yield (*place, "event"), "no such event"
        elif not NEWEST[fact.event].personal:
            # A table is about people: what stands in clear in the log is not for a mapping to say.
            yield (*place, "event"), "a mapping states events about people only"
        else:
            yield from _of_fields(fact, NEWEST[fact.event], place)
        yield from _of_groups(fact, place)
        for at, condition in enumerate(fact.when):
            yield from compiled(partial(compile_condition, condition, mapping.source), (*place, "when", at))
    yield from _facts_apart(mapping)


def takes_several(event: type[Event], field: str) -> bool:
    """Whether a field of the event holds several codes."""
    return field in event.model_fields and fits(event.model_fields[field].annotation, ())


def fits(annotation: Any, value: Any) -> bool:
    """Whether a field of this type takes the value."""
    try:
        _validator(annotation).validate_python(value)
    except ValidationError:
        return False
    return True


@cache
def _validator(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _of_fields(fact: FactRule, event: type[Event], place: Place) -> Mistakes:
    known = event.model_fields.keys() | GENERALISED.keys()
    coarse = [GENERALISED.get(name, name) for name in fact.fields]
    if twice := sorted({name for name in coarse if coarse.count(name) > 1}):
        yield (*place, "fields"), f"two sources for {', '.join(twice)}"
    if "occurred_on" in event.model_fields and "occurred_on" not in fact.fields:
        yield (*place, "fields"), "occurred_on is needed"
    for name, field in fact.fields.items():
        there: Place = (*place, "fields", name)
        if name not in known:
            yield there, f"the event has no field {name}"
        elif name in EXACT:  # a day or a number, not a code
            yield from compiled(partial(compile_field, field, Source(), name), there)
            if field.columns() and field.read_as != EXACT[name]:
                yield there, f"{name} is read as {EXACT[name]}"
        elif name in event.model_fields:
            several = takes_several(event, name)
            if field.is_list() and not several and fact.each != name:
                yield there, "the event takes one code, and this may give several"
            wanted = event.model_fields[name].annotation
            # A crosswalk that leads to a code no list has would refuse every row it touches: refuse it here, by name.
            for below, code in field.possible_codes():
                if not fits(wanted, (code,) if several else code):
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
