"""Payloads of Primero's API v2 (`/api/v2/cases`, `/incidents`, `/referrals`, `/transfers`) → statements.

A document with one record or a page of them, or the same as JSON lines. A record does not say what it is: its fields
do. The partner is not named in a payload: `--partner` says who delivers. Names, notes, codes of case workers and places
are never read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from hub.adapters.base import Record, Rejected, Statement
from hub.adapters.json_file import SIZE_LIMIT, parse_json
from hub.adapters.primero_case import case_statement
from hub.adapters.primero_incident import incident_statement
from hub.adapters.primero_referral import TRANSITIONS, referral_statement
from hub.adapters.primero_values import is_one_of
from hub.adapters.table import Damaged
from hub.events.periods import Grain

GBV_MODULE = "primeromodule-gbv"
OF_AN_INCIDENT = frozenset({
    "incident_date", "date_of_first_report", "incident_case_id", "gbv_sexual_violence_type", "incident_code",
})  # fmt: skip
OF_A_CASE = frozenset({"case_id_display", "case_id", "registration_date", "survivor_code_no", "date_closure"})
"""One of these fields says what a record is. An incident may show its case's number too, so incidents come first."""


@dataclass(frozen=True)
class PrimeroAdapter:
    """Reads API payloads. Satisfies `Adapter` and `Periodic`: complete is what has all pages of a quarter."""

    name: str = "primero"
    grain: Grain = "quarter"

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The records of a payload, or of each line. Raises Rejected for a file that holds no payload at all."""
        first, rest = _first_line(source)
        if rest:
            lines = ((number, line) for number, line in enumerate(chain([first], _lines(rest, source)), 1))
            for number, line in lines:
                if line.strip():
                    yield from _of_line(line, f"line {number}")
            return
        document = parse_json(first)
        if isinstance(document, dict) and "errors" in document and "data" not in document:
            raise Rejected("error-response", "errors")
        yield from _records(document, "")

    def translate(self, record: Record) -> Statement:
        """What a record states. Raises Rejected, naming all its problems by Primero's fields."""
        data = record.data
        if isinstance(data, Damaged):
            raise Rejected(data.rule, record.position)
        if not isinstance(data, dict) or (state := _kind(data)) is None:
            raise Rejected("not-a-record", record.position)
        if data.get("module_id") and not is_one_of(data, "module_id", {GBV_MODULE}):
            raise Rejected("other-module", "module_id")
        key = data.get("id")
        if not isinstance(key, str) or not key.strip():
            raise Rejected("missing-key", "id")
        if data.get("enabled") is False:
            # Primero keeps what was deleted, and shows it no more.
            raise Rejected("deleted-record", "enabled")
        return state(key.strip(), data)


adapter = PrimeroAdapter()


def _kind(data: dict[str, Any]) -> Callable[[str, dict[str, Any]], Statement] | None:
    if {"record_id", "transitioned_by"} <= data.keys() and is_one_of(data, "type", TRANSITIONS):
        return referral_statement
    if not OF_AN_INCIDENT.isdisjoint(data):
        return incident_statement
    return case_statement if not OF_A_CASE.isdisjoint(data) else None


def _first_line(source: BinaryIO) -> tuple[bytes, bytes]:
    """The first line and what follows it, where that line is a document of its own; else all, and nothing."""
    first = source.readline(SIZE_LIMIT + 1)
    following = source.readline(SIZE_LIMIT + 1)
    while following and not following.strip():
        following = source.readline(SIZE_LIMIT + 1)
    if following and first.strip():
        try:
            parse_json(first)
        except Rejected:
            pass
        else:
            return first, following
    data = first + following + source.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise Rejected("too-large", "file")
    return data, b""


def _lines(first: bytes, source: BinaryIO) -> Iterator[bytes]:
    line = first
    while line:
        if len(line) > SIZE_LIMIT:
            raise Rejected("too-large", "file")
        yield line
        line = source.readline(SIZE_LIMIT + 1)


def _of_line(line: bytes, position: str) -> Iterator[Record]:
    try:
        document = parse_json(line, position)
    except Rejected as refused:
        yield Record(position, Damaged(refused.problems[0].rule, line.decode("utf-8", "replace")))
        return
    yield from _records(document, position)


def _records(document: Any, position: str) -> Iterator[Record]:
    """The records of a document: `data` of a page or of one record, a bare list, or a bare record."""
    if isinstance(document, dict) and "data" in document:
        document = document["data"]
    if not isinstance(document, list):
        yield Record(position or "item 1", document)
        return
    for at, item in enumerate(document, 1):
        place = f"{position}, item {at}" if position else f"item {at}"
        if isinstance(item, dict) and isinstance(item.get("data"), list):
            yield from _records(item, place)
        else:
            yield Record(place, item)
