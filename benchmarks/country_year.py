"""A country's year of events, drawn by SQL straight into the warehouse's raw tables: any number of them in seconds."""

import types
import typing
from datetime import date
from typing import Any

import duckdb

from hub.events import NEWEST
from hub.events.base import Event
from hub.projections.raw_tables import column_name, create_raw_tables, table_name

MIX = {
    "referral.sent": 60, "referral.received": 45, "referral.accepted": 40, "referral.engaged": 35,
    "referral.completed": 20, "referral.declined": 10, "referral.failed": 5, "case.opened": 60, "case.closed": 40,
    "contact.held": 250, "contact.attempted": 60, "service.delivered": 170, "assessment.completed": 50,
    "assessment.reviewed": 10, "offence.disclosed": 50, "need.statuschanged": 40, "protection.requested": 15,
    "protection.decided": 10, "shelter.requestrecorded": 5, "shelter.staystarted": 3, "justice.stagerecorded": 7,
    "consent.recorded": 10, "consent.withdrawn": 2, "record.retracted": 3,
}  # fmt: skip
"""Shares of a made-up national mix. Contacts and service acts are two fifths of what services record."""
PERSONS, PARTNERS, AGAIN = 8, 10, 50
"""Events a person, partners in the country, and of so many records of a kind one is stated anew."""
YEAR = 2025


def draw(connection: duckdb.DuckDBPyConnection, events: int, *, after: int = 0, year: int = YEAR) -> int:
    """Append about `events` events, and move the place; the position of the last one.

    Stream, person and every field follow from the event's number: the same call draws the same.
    """
    create_raw_tables(connection)
    position = after
    for name, share in MIX.items():
        rows = max(1, events * share // sum(MIX.values()))
        if name == "record.retracted":
            _retract(connection, rows, position)
        else:
            _draw(connection, NEWEST[name], rows, position, max(1, events // PERSONS), year)
        position += rows
    connection.execute("UPDATE raw.place SET position = ?", [position])
    return position


def _draw(
    connection: duckdb.DuckDBPyConnection, model: type[Event], rows: int, after: int, persons: int, year: int
) -> None:
    aggregate = model.name.partition(".")[0]
    # the same record of an aggregate has the same number, so that a state finds what it is a state of
    record = f"({after if aggregate in ('contact', 'service') else 0} + n - n // {AGAIN})"
    fields = {column_name(name): _value(name, field.annotation, year) for name, field in model.model_fields.items()}
    said = {
        "position": f"{after} + n",
        "event_id": f"md5('{model.name}' || ({after} + n))",
        "stream": f"md5('{aggregate}' || {year} || {record})",
        "version": f"{after} + n",
        "part": "''",
        "partner": f"'pt-p' || (hash({record}) % {PARTNERS})",
        "country": "'PT'",
        "dataset": "'bench'",
        "known_month": f"'{year}-12'",
        "subject": f"md5('person' || (hash({record}, 1) % {persons}))",
        **fields,
    }
    names = ", ".join(f'"{name}"' for name in said)
    connection.execute(
        f"INSERT INTO raw.{table_name(model.name)} ({names}) "
        f"SELECT {', '.join(said.values())} FROM range(1, {rows} + 1) AS drawn (n)"
    )


def _retract(connection: duckdb.DuckDBPyConnection, rows: int, after: int) -> None:
    """Contacts that their source takes back."""
    place = f"({after} + row_number() OVER ())"
    connection.execute(
        "INSERT INTO raw.record_retracted (position, event_id, stream, version, part, partner, country, dataset, "
        "known_month, subject, retracts, fact, own_part, own_reason) "
        f"SELECT {place}, md5('retracted' || {place}), stream, {place}, "
        "'contact.held/', partner, country, dataset, known_month, subject, event_id, 'contact.held', NULL, "
        f"'NO_LONGER_STATED' FROM (FROM raw.contact_held ORDER BY hash(position + {after}) LIMIT {rows})"
    )


def _value(name: str, annotation: Any, year: int) -> str:
    """SQL that draws a field's value: one of its codes, a day of the year, a number, a few of a list."""
    drawn = f"hash(n, '{name}')"
    kind, is_list = _inside(annotation)
    if typing.get_origin(kind) is typing.Literal:
        codes = "[" + ", ".join(f"'{code}'" for code in typing.get_args(kind)) + "]"
        one = f"{codes}[1 + ({drawn} % {len(typing.get_args(kind))})::INTEGER]"
        return f"[{one}]" if is_list else one
    if name == "occurred_precision":
        return "'D'"
    if name == "region":
        return "'PT' || ['11', '15', '16', '17', '18'][1 + (hash(n, 'region') % 5)::INTEGER]"
    plain = {
        date: f"DATE '{year}-01-01' + ({drawn} % 365)::INTEGER",
        int: f"1 + ({drawn} % 9)",
        bool: f"{drawn} % 2 = 0",
    }
    value = plain.get(kind, f"({drawn} % 100)::DOUBLE" if kind is float else "'x'")
    return f"[{value}]" if is_list else value


def _inside(annotation: Any) -> tuple[Any, bool]:
    """The type within what may be empty, constrained or a list."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _inside(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return _inside(next(each for each in typing.get_args(annotation) if each is not type(None)))
    if origin is tuple:
        return _inside(typing.get_args(annotation)[0])[0], True
    return annotation, False
