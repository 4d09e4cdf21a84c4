"""Free text: every schema and every part of a delivery is walked for a place where a name or a remark could stand."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.events import MODELS
from hub.events.schema import event_schema, schemas
from hub.events.wire import Closing, Header, Refusal
from tests.attacks.attack import Attack, Outcome
from tests.attacks.text_columns import Column, columns, fits

Schema = dict[str, Any]
REMARK = "she says that he waits at the school in the Rua das Flores"
LONG = REMARK * 8
"""Longer than any text of a published plan may be."""


# JSON Schemas


def nodes(schema: Any, place: str = "") -> Iterator[tuple[str, Schema]]:
    """Every subschema with its place; what stands under `properties` and `$defs` is named, not listed."""
    if isinstance(schema, list):
        for at, part in enumerate(schema):
            yield from nodes(part, f"{place}.{at}")
    if not isinstance(schema, dict):
        return
    yield place.removeprefix("."), schema
    for key in ("items", "anyOf", "oneOf", "allOf", "then", "else", "additionalProperties", "prefixItems"):
        yield from nodes(schema.get(key), f"{place}.{key}")
    for key in ("properties", "$defs"):
        for name, part in schema.get(key, {}).items():
            yield from nodes(part, f"{place}.{name}")


def holes(schema: Schema) -> Iterator[tuple[str, str]]:
    """Places where something could stand that nobody has foreseen."""
    referred = {place for place, node in nodes(schema) if "$ref" in node}
    for place, node in nodes(schema):
        if {"enum", "const", "$ref", "anyOf", "oneOf"} & node.keys():
            continue
        match node.get("type"):
            case "string":
                closed = node.get("format") == "date" or "maxLength" in node or is_bounded(node.get("pattern", ""))
                if not closed:
                    yield place, "a string without bounds"
            case "object":
                # A clear envelope's data is open in itself: its type's schema, by `$ref`, closes it.
                by_type = any(each.endswith(f".then.{place.rpartition('.')[2]}") for each in referred)
                if node.get("additionalProperties") is not False and not by_type:
                    yield place, "an object that takes any field"
            case "array" if "items" not in node:
                yield place, "a list of anything"
            case None if "then" not in node and not place.endswith(".then"):
                yield place, "anything at all"


def is_bounded(pattern: str) -> bool:
    """A pattern from ^ to $ with no repetition without end, and no choice outside brackets."""
    plain = re.sub(r"\[(\\.|[^\]])*\]", "x", re.sub(r"\\.", "x", pattern))
    whole = plain.startswith("^") and plain.endswith("$")
    while (shorter := re.sub(r"\(([^()]*)\)", lambda m: m[1].replace("|", ""), plain)) != plain:
        plain = shorter
    return whole and "|" not in plain and not re.search(r"[*+]|\{\d*,\}", plain)


# Parts of a delivery


HEADER = {"delivery": "0" * 32, "partner": "pt-a", "country": "PT", "dataset": "a", "version": "1", "complete": True}
REFUSAL = {"position": "line 7", "rule": "row-shape", "place": "row"}
CLOSING = {"rows": 1, "refused": 0, "chunks": 1, "complete": True, "covers": [], "refusals": [], "digest": "0" * 64}
READ: tuple[tuple[type[msgspec.Struct], Mapping[str, Any]], ...] = (
    (Header, HEADER), (Header, HEADER | {"dataset": "erasure", "erases": "OBJECTION"}), (Closing, CLOSING),
    (Refusal, REFUSAL),
)  # fmt: skip


def spoken() -> Iterator[tuple[str, bool]]:
    """Every text of a part that the hub reads, and whether a remark gets through in its place."""
    for kind, said in READ:
        msgspec.convert(said, kind)  # without a remark it is read
        for name, value in said.items():
            if isinstance(value, str | list):
                remark = [LONG] if isinstance(value, list) else LONG
                yield f"{kind.__name__}.{name}", _is_read(kind, {**said, name: remark})


def _is_read(kind: type[msgspec.Struct], said: Mapping[str, Any]) -> bool:
    try:
        msgspec.convert(said, kind)
    except ValueError:  # msgspec's and pydantic's errors are such
        return False
    return True


# The attack


def _run(_folder: Path, _scale: float) -> Outcome:
    written = [event_schema(event) for event in MODELS.values()]
    made = [msgspec.json.decode(text) for name, text in schemas().items() if name.startswith(("codes/", "wire/"))]
    tries = sum(len([*nodes(schema)]) for schema in (*written, *made))
    open_places = sum(len([*holes(schema)]) for schema in (*written, *made))
    parts, walked = [*spoken()], [*columns()]
    open_places += sum(through for _, through in parts)
    open_places += sum(is_open(column) for column in walked)
    return Outcome(tries + len(parts) + len(walked), open_places, _control())


def is_open(column: Column) -> bool:
    """Whether a remark could stand in a column: any where it is about persons, else one without end."""
    domains = fits(column)
    return not domains or any(fit(REMARK if column.personal else LONG) for fit in domains)


def _control() -> int:
    """What is found in an event, a column and a wire part that have room for a remark."""
    note = {"properties": {"note": {"type": "string"}}, "type": "object", "additionalProperties": False}
    loose = msgspec.defstruct("Loose", [("note", str)])
    remark = Column("contacts", "remarks", personal=True)
    title = Column("contacts", "title", personal=True)
    return len([*holes(note)]) + _is_read(loose, {"note": LONG}) + is_open(remark) + is_open(title)


STRINGS = Attack(
    "places where a name or a remark could stand: schemas, parts of a delivery, columns of warehouse and release",
    "with a remark in each",
    _run,
)
