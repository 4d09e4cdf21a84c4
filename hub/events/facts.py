"""A fact as its fields: one canonical JSON text a field. No event has a rule across fields, so each is checked alone.

That makes bulk work cheap and exact: a text that stands in ten thousand rows is checked once, and the fact's JSON is
its fields' texts joined.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from hub.events import MODELS
from hub.events.base import Event

MEMO_LIMIT = 100_000
Values = tuple[bytes, ...]
"""One entry a field, in the model's order: `,"sex":"F"`, or nothing where the fact leaves the field out."""


class Coded(NamedTuple):
    """A fact ready to leave: stored type, part of the record, and its fields."""

    topic: str
    part: str
    values: Values


class StatedFact(NamedTuple):
    """A fact as the hub takes it: stored type, part of the record, and its canonical JSON."""

    topic: str
    part: str
    data: bytes


@dataclass(frozen=True)
class Shape:
    """The fields of one stored type. `prefixes` are `,"name":`, one a field."""

    topic: str
    model: type[Event]
    fields: tuple[str, ...]
    required: frozenset[str]
    prefixes: tuple[bytes, ...]
    memos: tuple[dict[bytes, bytes], ...]


@cache
def shape_of(topic: str) -> Shape:
    """The shape of a stored type, old versions too. Raises KeyError for a type that nobody knows."""
    model = MODELS[topic]
    fields = tuple(model.model_fields)
    return Shape(
        topic,
        model,
        fields,
        frozenset(name for name, field in model.model_fields.items() if field.is_required()),
        tuple(f',"{name}":'.encode() for name in fields),
        tuple({} for _ in fields),
    )


@cache
def field_type(topic: str, position: int) -> TypeAdapter[Any]:
    """What one field may hold, with its bounds."""
    field = MODELS[topic].model_fields[shape_of(topic).fields[position]]
    annotated: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(annotated, config=ConfigDict(hide_input_in_errors=True))


def code_value(topic: str, position: int, value: Any) -> bytes:
    """A field's entry for a value. Empty for None and for the default, which is frozen with the version.

    Raises pydantic's ValidationError for a value that the field may not hold.
    """
    if value is None:
        return b""
    shape = shape_of(topic)
    plain = field_type(topic, position).validate_python(value)
    default = shape.model.model_fields[shape.fields[position]].default
    return b"" if plain is None or plain == default else shape.prefixes[position] + _ANY.dump_json(plain)


def coded(event: Event, part: str = "") -> Coded:
    """A validated event as its fields."""
    topic = event.topic()
    shape = shape_of(topic)
    said = event.__pydantic_serializer__.to_python(event, mode="json", exclude_defaults=True, exclude_none=True)
    values = tuple(
        prefix + _ANY.dump_json(said[name]) if name in said else b""
        for name, prefix in zip(shape.fields, shape.prefixes, strict=True)
    )
    return Coded(topic, part, values)


def checked_value(topic: str, position: int, raw: bytes) -> bytes:
    """The entry of a field for a text that came from outside.

    Raises ValueError for a text that is not exactly the canonical JSON of a value that the field may hold and must say.
    """
    shape = shape_of(topic)
    memo = shape.memos[position]
    if (known := memo.get(raw)) is not None:
        return known
    try:
        value = field_type(topic, position).validate_json(raw)
    except ValidationError:
        raise ValueError("a value that its field may not hold") from None
    entry = code_value(topic, position, value)
    if entry != shape.prefixes[position] + raw:
        raise ValueError("not the canonical form")
    if len(memo) < MEMO_LIMIT:
        memo[raw] = entry
    return entry


def join(values: Values) -> bytes:
    """The fact's canonical JSON."""
    return b"{" + b"".join(values)[1:] + b"}"


_ANY: TypeAdapter[Any] = TypeAdapter(Any)
