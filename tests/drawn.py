"""Events about persons drawn by their own definitions: every field some value that it may hold."""

import random
import typing
from datetime import date, timedelta
from types import NoneType
from typing import Any

from pydantic.fields import FieldInfo

from hub.events.base import Event

FIRST, DAYS = date(2025, 1, 1), 365
REGIONS = ("PT17", "PT11", "FI1B", "PT", "FI")


def drawn(model: type[Event], dice: random.Random, **said: Any) -> Event:
    """An event with these fields; the others are drawn. A day of which only the month is known is its first."""
    fields = {name: _value(field, dice) for name, field in model.model_fields.items() if name not in said}
    for day in fields.keys() & {"occurred_on", "incident_on"}:
        precision = {**fields, **said}[f"{day.removesuffix('_on')}_precision"]
        if fields[day] and precision != "D":
            fields[day] = fields[day].replace(day=1, month=1 if precision == "Y" else fields[day].month)
    return model(**fields, **said)


def _value(field: FieldInfo, dice: random.Random) -> Any:
    if not field.is_required() and field.get_default() is None and dice.random() < 0.2:
        return None
    return _of_type(field.annotation, dice)


def _of_type(kind: Any, dice: random.Random) -> Any:
    origin, inside = typing.get_origin(kind), [each for each in typing.get_args(kind) if each is not NoneType]
    if origin is typing.Literal:
        return dice.choice(inside)
    if origin is tuple:
        return tuple(dict.fromkeys(_of_type(inside[0], dice) for _ in range(dice.randrange(3))))
    if origin is typing.Annotated:
        return _of_type(inside[0], dice)
    if inside:  # a union: of codes and codes, or of something and nothing
        return _of_type(dice.choice(inside), dice)
    if kind is date:
        return FIRST + timedelta(days=dice.randrange(DAYS))
    return dice.randrange(1, 15) if kind is int else dice.choice(REGIONS)
