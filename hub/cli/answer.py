"""How commands answer: lines for people on stderr while they work, one result on stdout, JSON when asked."""

import csv
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


def comma_separated(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Rows as CSV (RFC 4180), what is not known empty. No text is taken by a spreadsheet for a formula."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_no_formula(value) for value in row] for row in rows)


def _no_formula(value: object) -> object:
    if isinstance(value, list | dict):
        return json.dumps(value, default=str)
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    return f"{value:,}" if isinstance(value, int) else str(value)
