"""A fact cut down to what the allow-list lets out.

Both ways through the edge ask here, about fields as they would leave: what leaves by columns cannot differ from what
leaves row by row, and no adapter can write a value that slips by.
"""

import json
from collections.abc import Mapping
from functools import cache, reduce
from operator import and_
from typing import Any, NamedTuple

from hub.edge.allow_list import AllowList, PlaceRule, allow_list
from hub.edge.places import country_of, place_of
from hub.events.facts import Coded, Shape, code_value, shape_of

Condition = Mapping[str, frozenset[str]]


class Cut(NamedTuple):
    """How one stored type is cut down. Fields are meant by their position in the type's shape."""

    shape: Shape
    rule: PlaceRule
    allowed: frozenset[int]
    months: frozenset[int]
    """Dates of which only the month leaves."""
    to_month: int | None
    """The precision of a date that is cut down to the month."""
    place: int | None
    district: bool
    """Whether that place is a service's, in a directory: not one that a person must share with others."""
    sex: int | None
    age: int | None
    """What the rule on places counts people by. None where it does not leave."""
    conditions: tuple[Condition, ...]
    """Under which only the country leaves, as far as this event can meet them."""
    asked: tuple[int, ...]
    """Fields of these conditions."""

    def entry(self, at: int, entry: bytes) -> bytes:
        """The entry of one field as it may leave, by itself: dates are cut down, other fields are as they are."""
        if at in self.months and entry:
            return entry[:-3] + b'01"'
        if at == self.to_month and not entry:  # the default, a day
            return code_value(self.shape.topic, at, "M")
        return entry

    @property
    def every(self) -> int:
        """A bit for each condition."""
        return (1 << len(self.conditions)) - 1

    def met(self, at: int, entry: bytes) -> int:
        """The conditions that one field lets hold, a bit each."""
        name, said = self.shape.fields[at], self._value(at, entry)
        codes = (said,) if isinstance(said, str) else said or ()
        return sum(
            1 << bit for bit, each in enumerate(self.conditions) if name not in each or not each[name].isdisjoint(codes)
        )

    def region(self, region: bytes, sex: bytes, age: bytes, met: int) -> bytes:
        """The entry of the place that leaves. `met`: conditions that all fields let hold."""
        if self.place is None or not region:
            return b""
        stated = self._value(self.place, region)
        known = {
            what: self._value(at, entry)
            for what, at, entry in (("sex", self.sex, sex), ("band", self.age, age))
            if at is not None and entry
        }
        exact = stated if self.district else place_of(self.rule, stated, **known)
        place = country_of(stated) if met else exact
        return code_value(self.shape.topic, self.place, place)

    def _value(self, at: int, entry: bytes) -> Any:
        return json.loads(entry[len(self.shape.prefixes[at]) :]) if entry else None


def cut(coded: Coded) -> Coded:
    """A fact as it may leave: without what is not on the list, and no finer than the list says."""
    rule = cut_of(coded.topic)
    values = [rule.entry(at, value) if at in rule.allowed else b"" for at, value in enumerate(coded.values)]
    if rule.place is not None and values[rule.place]:
        met = reduce(and_, (rule.met(at, values[at]) for at in rule.asked), rule.every)
        sex, age = (b"" if at is None else values[at] for at in (rule.sex, rule.age))
        values[rule.place] = rule.region(values[rule.place], sex, age, met)
    return coded._replace(values=tuple(values))


@cache
def cut_of(topic: str) -> Cut:
    """How a stored type is cut down by the list of this installation."""
    return cut_by(allow_list(), shape_of(topic))


def cut_by(listed: AllowList, shape: Shape) -> Cut:
    """How a stored type is cut down by a list."""
    leaves = listed.fields_of(shape.model.name)
    at = {name: shape.fields.index(name) for name in leaves}
    months = frozenset(at[name] for name, how in leaves.items() if how == "month")
    conditions = tuple(each for each in listed.places.conditions() if each.keys() <= at.keys())
    return Cut(
        shape=shape,
        rule=listed.places,
        allowed=frozenset(at.values()),
        months=months,
        to_month=at["occurred_precision"] if leaves.get("occurred_on") == "month" else None,
        place=next((at[name] for name, how in leaves.items() if how in ("place", "district")), None),
        district="district" in leaves.values(),
        sex=at.get("sex"),
        age=at.get("age_band"),
        conditions=conditions,
        asked=tuple(sorted({at[name] for each in conditions for name in each})),
    )
