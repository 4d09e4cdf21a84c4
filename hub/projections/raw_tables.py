"""The warehouse's raw tables on both engines: one an event, columns from its model. The contract with dbt."""

import types
import typing
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import duckdb
from pydantic_core import PydanticUndefined

from hub.events import NEWEST
from hub.events.base import Event

SCHEMA = "raw"
PLACE = "warehouse"
"""The projection whose place stands beside the raw tables."""
ENVELOPE = {
    "position": "BIGINT",
    "event_id": "VARCHAR",
    "stream": "VARCHAR",
    "version": "INTEGER",
    "part": "VARCHAR",
    "corrects": "VARCHAR",
    "reason": "VARCHAR",
    "partner": "VARCHAR",
    "country": "VARCHAR",
    "dataset": "VARCHAR",
    "known_month": "VARCHAR",
    "subject": "VARCHAR",
}
"""Columns of every raw table before the event's own; see docs/architecture.md."""
ALWAYS = ("position", "event_id", "stream", "version", "part", "partner", "country", "dataset", "known_month")
"""Envelope columns that every event fills."""
INSIDE = ("dataset", "subject", "part", "corrects", "reason")
"""Envelope columns that stand inside an event, sealed with it where it is personal."""


Checksums = dict[str, tuple[int | None, ...]]
"""What the rows of each raw table come to, whatever their order: only for a comparison within one engine."""


class Column(NamedTuple):
    """A column of the event's own. `default`: what its version froze, as SQL; None where there is none."""

    field: str
    name: str
    kind: str
    required: bool
    default: str | None


def table_name(name: str) -> str:
    """`contact.held` → `contact_held`."""
    return name.replace(".", "_")


def column_name(field: str) -> str:
    """A field's column: its own name, or `own_<name>` where the envelope has a column of that name."""
    return f"own_{field}" if field in ENVELOPE else field


def columns(model: type[Event]) -> list[Column]:
    """The event's own columns, with DuckDB's types."""
    return [
        Column(
            name, column_name(name), duckdb_type(field.annotation), field.is_required(), _default(field.get_default())
        )
        for name, field in model.model_fields.items()
    ]


def raw_columns(model: type[Event]) -> list[str]:
    """Every column of the event's raw table, in order."""
    return [*ENVELOPE, *(column.name for column in columns(model))]


def create_statements(schema: str, type_of: Callable[[str], str] = str) -> list[str]:
    """SQL that makes the raw tables and the table of places, where they are not there yet.

    What an event must say is NOT NULL: DuckDB reads a list of another form as nothing, and fails there.
    """
    text, number = type_of("VARCHAR"), type_of("BIGINT")
    statements = [
        f"CREATE SCHEMA IF NOT EXISTS {schema}",
        f"CREATE TABLE IF NOT EXISTS {schema}.place (projection {text} PRIMARY KEY, position {number})",
        f"INSERT INTO {schema}.place VALUES ('{PLACE}', 0) ON CONFLICT DO NOTHING",  # noqa: S608 - our own names
    ]
    for name, model in NEWEST.items():
        kinds = [(column, kind, column in ALWAYS) for column, kind in ENVELOPE.items()]
        kinds += [(column.name, column.kind, column.required) for column in columns(model)]
        body = ", ".join(f'"{n}" {type_of(kind)}{" NOT NULL" if always else ""}' for n, kind, always in kinds)
        statements.append(f"CREATE TABLE IF NOT EXISTS {schema}.{table_name(name)} ({body})")
    return statements


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The same in DuckDB."""
    for statement in create_statements(SCHEMA):
        connection.execute(statement)


def _default(value: object) -> str | None:
    """A default as SQL. Defaults are codes, numbers and booleans of our own models, and the empty list."""
    if value == ():
        return "[]"
    if value is None or value is PydanticUndefined:
        return None
    if isinstance(value, str | int | float):
        return f"'{value}'" if isinstance(value, str) else str(value)
    raise TypeError(f"no SQL for a default of type {type(value).__name__}")


def duckdb_type(annotation: Any) -> str:
    """The DuckDB type of a field's annotation. Raises TypeError for what no event may hold."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return duckdb_type(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        kinds = {duckdb_type(inner) for inner in typing.get_args(annotation) if inner is not type(None)}
        if len(kinds) == 1:
            return kinds.pop()
    if origin is typing.Literal:
        return "VARCHAR"
    if origin is tuple:
        return f"{duckdb_type(typing.get_args(annotation)[0])}[]"
    known = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE"}
    if annotation in known:
        return known[annotation]
    raise TypeError(f"no column type for {annotation}")
