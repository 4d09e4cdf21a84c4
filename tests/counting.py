"""A counts file and a table of counts, made in the test."""

from io import BytesIO
from pathlib import Path
from typing import Any

from hub.adapters.base import Rejected, Statement
from hub.adapters.count_table import CountAdapter, load_counts

COUNTS = """
counts: 1
name: xx_counts
partner: pt-counts
country: PT
language: pt
source: {separator: ";", thousands: ".", decimal: ",", empty: [""]}
series: WOMEN
unit: PERSON
covers: quarter
period: {column: when, as: text}
dimensions:
  offence: {column: offence, codes: {threat: "02012", rape: "03011", other: NR}}
totals: {offence: {all: all}}
marks: {"-": zero, ":": L, "x": M, "<5": Q, c: Q, b: B, p: P}
ignore: {note: free text}
cells:
  - {column: women, dimensions: {sex: F}}
  - {column: men, dimensions: {sex: M}}
  - {column: both, total: [sex]}
"""
HEAD = "when;offence;women;men;both;note"


def table(*rows: str, head: str = HEAD) -> bytes:
    """A `;`-separated table."""
    return "\n".join([head, *rows, ""]).encode()


def loaded(folder: Path, text: str = COUNTS) -> CountAdapter:
    """The adapter of a counts file."""
    return load_counts(written(folder, text))


def written(folder: Path, text: str = COUNTS) -> Path:
    """A counts file."""
    path = folder / "counts.yaml"
    path.write_text(text, "utf-8")
    return path


def taken(adapter: CountAdapter, data: bytes) -> tuple[list[Statement], list[str]]:
    """What a table states, and `rule at place` of what is refused, with its row."""
    stated, refused = [], []
    for record in adapter.read(BytesIO(data)):
        try:
            stated.append(adapter.translate(record))
        except Rejected as rejected:
            refused.append(f"{record.position}: {rejected}")
    return stated, refused


def numbers(stated: list[Statement], *names: str) -> list[tuple[Any, ...]]:
    """Some fields of each count, and how many."""
    return [tuple(each.facts[0].data.get(name) for name in (*names, "counted")) for each in stated]
