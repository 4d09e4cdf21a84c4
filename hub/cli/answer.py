"""How commands answer: lines for people on stderr while they work, one result on stdout, JSON when asked."""

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Answer as one JSON object on standard output.")]


def progress(line: str) -> None:
    """A line of progress. On stderr, so that a result on stdout stays clean."""
    print(line, file=sys.stderr, flush=True)


def answer(result: Mapping[str, Any], as_json: bool) -> None:
    """The result: an object for programs, or its names and values for people."""
    if as_json:
        print(json.dumps(result, default=str))
        return
    width = max((len(name) for name in result), default=0)
    for name, value in result.items():
        print(f"{name:<{width}}  {_text(value)}")


def table(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Rows for people, in columns."""
    cells = [columns, *([_text(value) for value in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(columns))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    return f"{value:,}" if isinstance(value, int) else str(value)
