"""The warehouse's raw tables: one an event, columns from the event's own model. The contract with dbt."""

import json
import types
import typing
from datetime import date
from typing import Any

import duckdb

from hub.events import NEWEST
from hub.events.base import Event

SCHEMA = "raw"
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
INSIDE = ("dataset", "subject", "part", "corrects", "reason")
"""Envelope columns that stand inside an event, sealed with it where it is personal."""


def table_name(name: str) -> str:
    """`contact.held` → `contact_held`."""
    return name.replace(".", "_")


def columns(model: type[Event]) -> dict[str, str]:
    """The event's own fields and their DuckDB types."""
    return {name: duckdb_type(field.annotation) for name, field in model.model_fields.items()}


def column_name(field: str) -> str:
    """A field's column: its own name, or `own_<name>` where the envelope has a column of that name."""
    return f"own_{field}" if field in ENVELOPE else field


def create_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """All raw tables and the table of places, where they are not there yet."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.place (projection VARCHAR PRIMARY KEY, position BIGINT)")
    for name, model in NEWEST.items():
        fields = {**ENVELOPE, **{column_name(field): kind for field, kind in columns(model).items()}}
        body = ", ".join(f'"{column}" {kind}' for column, kind in fields.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table_name(name)} ({body})")


def from_json_shape(model: type[Event]) -> str:
    """The structure DuckDB reads an event's inside as."""
    data = {name: [kind[:-2]] if kind.endswith("[]") else kind for name, kind in columns(model).items()}
    return json.dumps({**dict.fromkeys(INSIDE, "VARCHAR"), "data": data})


def selected(model: type[Event]) -> list[str]:
    """One SQL expression a column of the event's own: what it said, or the default that its version froze."""
    chosen = []
    for name, kind in columns(model).items():
        field = model.model_fields[name]
        said = f'said.data."{name}"'
        if field.is_required() or field.default is None:
            chosen.append(said)
        elif field.default == ():
            chosen.append(f"coalesce({said}, []::{kind})")
        else:
            chosen.append(f"coalesce({said}, {_literal(field.default)})")
    return chosen


def _literal(value: object) -> str:
    """A default as SQL. Defaults are codes, numbers and booleans of our own models."""
    return f"'{value}'" if isinstance(value, str) else str(value)


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
