"""Mappings and tables made for tests of what a mapping file can say."""

import io
from pathlib import Path

from hub.adapters.base import Fact, Rejected
from hub.adapters.mapping import MappingAdapter, load_mapping
from tests.pipe import HEAD, write_mapping

DAY = "      occurred_on: {column: day, as: date}\n"
CONTACT = "facts:\n  - event: contact.held\n    fields:\n" + DAY


def made(folder: Path, text: str) -> MappingAdapter:
    return load_mapping(write_mapping(folder, text))


def csv(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def facts(adapter: MappingAdapter, data: bytes) -> list[tuple[Fact, ...]]:
    return [adapter.translate(record).facts for record in adapter.read(io.BytesIO(data))]


def refused(adapter: MappingAdapter, data: bytes) -> list[tuple[str, str]]:
    found = []
    for record in adapter.read(io.BytesIO(data)):
        try:
            adapter.translate(record)
        except Rejected as rejected:
            found += [tuple(problem) for problem in rejected.problems]
    return found


SERVICES = (
    HEAD
    + "rows: several\n"
    + CONTACT
    + """\
      services: {column: what, codes: {law: LEGAL_ADVICE, talk: EMOTIONAL, home: HOUSING}}
      duration_minutes: {column: min, as: integer, merge: sum}
      sex: {column: sex, codes: {f: F, m: M}}
"""
)
PRODUCT = (
    HEAD.replace("record: contact", "record: case")
    + """rows: several
facts:
  - event: case.opened
    fields:
      occurred_on: {column: day, as: date}
      sex: {column: sex, codes: {f: F, m: M}}
  - event: case.closed
    when: [{column: end, filled: true}]
    part: {column: measure}
    fields:
      occurred_on: {column: end, as: date}
  - event: contact.held
    part: {column: offender}
    fields:
      occurred_on: {column: day, as: date}
      relationship: {column: who, codes: {ex: "02", boss: "10"}}
"""
)
