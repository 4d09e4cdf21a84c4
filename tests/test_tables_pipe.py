"""A table in another format says nothing new: the same records, the same persons, the same events."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.pipe import COLUMNS, MAPPING, Pipe, row, write_mapping
from tests.workbooks import Error, Written, ods, xlsx

SOURCE = 'source: {separator: ";", dates: ["%d-%m-%Y"]}'
ROWS = [row(number) for number in range(1, 41)]


def typed(cells: dict[str, str]) -> list[Any]:
    """A row as a workbook has it: its day a day, its age a number."""
    made = {**cells, "date": datetime.strptime(cells["date"], "%d-%m-%Y").date(), "age": int(cells["age"])}
    return [made[name] for name in COLUMNS]


SHEET = [["Contacts of 2025"], [], list(COLUMNS), *map(typed, ROWS), ["Total", None, None, None, 40]]
FORMATS: dict[str, tuple[str, bytes]] = {
    "xlsx": (
        'skip: 2, totals: [Total], dates: ["%d-%m-%Y"]',
        xlsx({"a": Written(SHEET, merged=("A1:H1",))}, shared=True),
    ),
    "ods": ('skip: 2, totals: [Total], dates: ["%d-%m-%Y"]', ods({"a": Written(SHEET, merged=("A1:H1",))})),
    "json": ('path: data, dates: ["%d-%m-%Y"]', json.dumps({"data": ROWS}).encode()),
    "jsonl": ('dates: ["%d-%m-%Y"]', "\n".join(map(json.dumps, ROWS)).encode()),
}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_table_in_another_format_is_unchanged(pipe: Pipe, form: str) -> None:
    first = pipe.take(ROWS, complete=True)
    assert (first["received"], first["accepted"]) == (40, 40)
    said, data = FORMATS[form]
    mapping = write_mapping(pipe.folder, MAPPING.replace(SOURCE, f"source: {{format: {form}, {said}}}"))
    path = pipe.folder / f"contacts.{form}"
    path.write_bytes(data)
    again = pipe.take_file(path, mapping, complete=True)
    assert (again["received"], again["unchanged"], again["events"], again["quarantined"]) == (40, 40, 0, 0)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_broken_cell_refuses_its_row_by_sheet_row_and_column(pipe: Pipe, form: str) -> None:
    broken = [*typed(row(41))[:4], Error(), *typed(row(41))[5:]]
    cells = [list(COLUMNS), typed(row(1)), broken, [*typed(row(42))[:7], Error()]]
    mapping = write_mapping(pipe.folder, MAPPING.replace(SOURCE, f"source: {{format: {form}}}"))
    path = pipe.folder / f"contacts.{form}"
    path.write_bytes(xlsx(cells) if form == "xlsx" else ods(cells))
    result = pipe.take_file(path, mapping)
    assert (result["received"], result["accepted"], result["quarantined"]) == (3, 2, 1)
    assert [(r["position"], r["rule"], r["place"]) for r in result["refusals"]] == [
        ("sheet 1, row 3", "cell-error", "column E")
    ]
