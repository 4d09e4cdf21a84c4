"""Codes of FHIR's systems → the hub's, by a table (`fhir_codes.yaml`) in which each says how well it fits.

A code without a line in it says nothing to the hub, and never leaves: it is counted, at the partner, by `hub adapters
codes`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from hub.adapters.base import Rejected
from hub.adapters.yaml_tree import LOADER

OWN = "urn:victim-support-hub:"
"""Code systems of our own, a list each: `urn:victim-support-hub:decline-reason`. Their codes are the hub's."""
_SHOWN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,39}")
_SHOWN_SYSTEM = re.compile(r"(https?://|urn:)[A-Za-z0-9./:_-]{1,200}")


class Line(BaseModel):
    """A code's line: the hub's code, and what it is to it. `none`: looked at, and the hub has nothing for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: str = ""
    relation: Literal["exact", "broader", "narrower", "none"]


Table = dict[str, dict[str, Line]]
"""System → code → line."""


class Coding(NamedTuple):
    """A code in a system."""

    system: str
    code: str


@cache
def tables() -> dict[str, Table]:
    """Every table by its name: what is asked of a resource."""
    text = files("hub.adapters").joinpath("fhir_codes.yaml").read_text("utf-8")
    raw = yaml.load(text, Loader=LOADER)  # noqa: S506 - makes texts only
    return TypeAdapter(dict[str, Table]).validate_python(raw)


def codings(concept: Any) -> list[Coding]:
    """The codes of a Coding, a CodeableConcept, an R5 CodeableReference or a list of such."""
    found: list[Coding] = []
    waiting = [concept]
    while waiting:
        each = waiting.pop()
        if type(each) is list:
            waiting += each
        elif type(each) is dict:
            if (inner := each.get("coding") or each.get("concept")) is not None:
                waiting.append(inner)
            elif type(code := each.get("code")) is str:
                system = each.get("system", "")
                found.append(Coding(system if type(system) is str else "", code))
    return found


@dataclass(frozen=True)
class Codes:
    """The tables that a partner's codes are read by: ours, and the partner's own lines before them."""

    tables: Mapping[str, Table]

    def mapped(self, table: str, concepts: Any, *, own: str | None = None) -> list[str]:
        """The hub's codes for what is said, each once, in their order. `own`: our own list of them."""
        lines, found = self.tables[table], set()
        for system, code in codings(concepts):
            if own and system == OWN + own:
                found.add(code)
            elif (line := lines.get(system, {}).get(code)) is not None and line.to:
                found.add(line.to)
        return sorted(found)

    def one(self, table: str, concepts: Any, place: str, *, own: str | None = None) -> str | None:
        """The one code for what is said, or None. Raises Rejected where it is said in two ways."""
        found = self.mapped(table, concepts, own=own)
        if len(found) > 1:
            raise Rejected("codes-disagree", place)
        return found[0] if found else None

    def relation(self, table: str, coding: Coding) -> str:
        """How a code fits: the line's relation, or `unmapped`."""
        if coding.system.startswith(OWN):
            return "exact"
        line = self.tables[table].get(coding.system, {}).get(coding.code)
        return line.relation if line else "unmapped"


def codes_with(more: Mapping[str, Table]) -> Codes:
    """Our tables and a partner's lines, which stand before ours."""
    return Codes({
        name: {system: {**table.get(system, {}), **more.get(name, {}).get(system, {})}
               for system in {*table, *more.get(name, {})}}
        for name, table in tables().items()
    })  # fmt: skip


def shown(coding: Coding) -> Coding:
    """A code as a person at the partner may see it: what has not the form of a code might be a name."""
    system = coding.system if _SHOWN_SYSTEM.fullmatch(coding.system) else "no system" if not coding.system else "other"
    return Coding(system, coding.code if _SHOWN.fullmatch(coding.code) else "not of a code's form")
