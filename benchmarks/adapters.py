"""Each format that adapters read, beside the raw library on the same file. `python -m benchmarks adapters`."""

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from python_calamine import CalamineWorkbook

from benchmarks.clock import Trial, alone, race
from benchmarks.homes import PARTNER, SQLITE
from benchmarks.plain import dict_reader
from benchmarks.report import Line, findings, show, wish, write
from benchmarks.table import READER
from benchmarks.yardsticks import factor, yardsticks
from examples.generator import generate
from hub import adapters
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.edge.blocks import BlockCoder
from hub.edge.coding import Terms
from hub.edge.rows import latest_day
from tests.workbooks import ods, xlsx

PUBLISHED, YARD = 75_445, 50_000
"""Rows of the generated partner's published year; and those of the yardsticks."""
ENCODING, SEPARATOR, DATES = "cp1252", ";", "%d-%m-%Y"
MAPPING = Path(adapters.__file__).parent / "partners" / "pt_apav.yaml"
SOURCE = 'format: csv, encoding: cp1252, separator: ";"'
CALAMINE, DECODED, DECODED_LINES = "plain: calamine, rows of cells", "plain: json.loads", "plain: json.loads, each line"
READ, BOTH = "{}: read", "{}: read + translate"
CONTROLS = {"csv": READER, "xlsx": CALAMINE, "ods": "", "json": DECODED, "jsonl": DECODED_LINES}
WISHES = {"csv": 120_000, "xlsx": 60_000}
"""Rows a second a core, read and translated."""


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write build/adapters.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks adapters", description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000, help="rows of each file; default 60,000")
    parser.add_argument("--rounds", type=int, default=3, help="turns that each one has; default 3")
    parser.add_argument("--cpu", action="store_true", help="processor time: for a machine that is busy")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        trials = {**yardsticks(Path(folder), (SQLITE,), YARD), **_trials(Path(folder), asked.rows)}
        timed = race(trials, asked.rounds, print, process_time if asked.cpu else perf_counter)
    found = findings(_lines(), timed, factor({name: each.rate for name, each in timed.items()}, SQLITE))
    show("adapters", found)
    print(f"\nwritten: {write('adapters', found)}")


def _trials(folder: Path, rows: int) -> dict[str, Trial]:
    """Each format, read alone and read and translated; and the raw libraries on the same files."""
    made = generate(folder, scale=rows / PUBLISHED, broken=0, partners=[PARTNER], echo=print)[0]
    files = _files(folder, made.path)
    trials = {
        READER: alone(READER, partial(dict_reader, made.path, ENCODING, SEPARATOR), made.rows),
        CALAMINE: alone(CALAMINE, partial(_calamine, files["xlsx"]), made.rows),
        DECODED: alone(DECODED, lambda: len(json.loads(files["json"].read_bytes())), made.rows),
        DECODED_LINES: alone(DECODED_LINES, partial(_decoded_lines, files["jsonl"]), made.rows),
    }
    for form, path in files.items():
        adapter = _adapter(folder, form)
        trials[READ.format(form)] = alone(READ.format(form), partial(_read, adapter, path), made.rows)
        trials[BOTH.format(form)] = alone(BOTH.format(form), partial(_translated, adapter, path), made.rows)
    return trials


def _lines() -> list[Line]:
    plainly = [Line(name) for name in (READER, CALAMINE, DECODED, DECODED_LINES)]
    for form, control in CONTROLS.items():
        plainly += [Line(READ.format(form), control), Line(BOTH.format(form), control)]
    return plainly + [wish(BOTH.format(form), rate) for form, rate in WISHES.items()]


def _files(folder: Path, table: Path) -> dict[str, Path]:
    """The table in every format: days and numbers as cells of their kind in workbooks."""
    with table.open(encoding=ENCODING, newline="") as file:
        header, *rows = csv.reader(file, delimiter=SEPARATOR)
    cells = [header, *([_cell(text) for text in row] for row in rows)]
    objects = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    written: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: xlsx(cells, shared=True),
        "ods": lambda: ods(cells),
        "json": lambda: f"[{','.join(objects)}]".encode(),
        "jsonl": lambda: "\n".join(objects).encode(),
    }
    files = {form: folder / f"table.{form}" for form in written}
    for form, path in files.items():
        path.write_bytes(written[form]())
    return {"csv": table, **files}


def _cell(text: str) -> object:
    try:
        return datetime.strptime(text, DATES).date()
    except ValueError:
        return int(text) if text.isdecimal() and not text.startswith("0") else text


def _adapter(folder: Path, form: str) -> MappingAdapter:
    """The partner's mapping, for its table in another format."""
    text = MAPPING.read_text("utf-8")
    path = folder / f"{form}.yaml"
    path.write_text(text if form == "csv" else text.replace(SOURCE, f"format: {form}"), "utf-8")
    return load_mapping(path)


def _read(adapter: MappingAdapter, path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(block.rows) for block in adapter.blocks(file))


def _translated(adapter: MappingAdapter, path: Path) -> int:
    """Rows in which nothing is unusual, by columns, as a delivery has them."""
    coder = BlockCoder(adapter, Terms(adapter.mapping.country, adapter.grain, (), latest_day()))
    with path.open("rb") as file:
        return sum(len(block.rows) - len(coder.code(block).unusual) for block in adapter.blocks(file))


def _calamine(path: Path) -> int:
    workbook = CalamineWorkbook.from_path(path)
    return sum(1 for _ in workbook.get_sheet_by_index(0).iter_rows()) - 1


def _decoded_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in map(json.loads, file))
