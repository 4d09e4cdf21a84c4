"""Tables of others that speak of no victims: every row of them is read, or refused by rule. How each is written."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.reading import read_blocks
from hub.adapters.source import Source

TAGS = ("#sector+es", "#subsector+es", "#org+es", "#targeted+f", "#targeted+m", "#country", "#adm1", "#date+reported")
HXL: dict[str, dict[str, Any]] = {
    "input-valid.csv": {},
    "output-valid.csv": {},
    "input-valid-latin1.csv": {"encoding": "iso8859-1"},
    "input-valid.tsv": {"format": "tsv"},
    "input-valid.xlsx": {"format": "xlsx"},
    "input-valid.json": {"format": "json"},
    "input-valid-objects.json": {"format": "json"},
}


SEMICOLON = {"separator": ";"}
SHAPE, EVERY = "row-shape", "all of the header"
FRICTIONLESS: dict[str, tuple[dict[str, Any], str, int, list[int]]] = {
    "accent.csv": (SEMICOLON, EVERY, 2, []),
    "blank-cells.csv": ({}, "id|name", 5, []),
    "blank-headers.csv": ({}, "id|column 2|age", 2, []),
    "blank-rows.csv": ({}, "id|name|age", 2, []),
    "bom.csv": ({}, "id|name", 2, []),
    "capital-invalid.csv": ({}, "id|name|name (2)", 8, [10, 12]),
    "countries.csv": ({"skip": 1}, "id|neighbor_id|name|population", 3, [4, 7]),
    "defective-rows.csv": ({}, "id|name|age", 0, [2, 3]),
    "delimiter.csv": (SEMICOLON, "id|name", 2, []),
    "doublequote.csv": ({}, EVERY, 5, []),
    "duplicate-column.csv": ({}, "A|B|B (2)|C", 1, []),
    "duplicate-headers.csv": ({}, "id|name|id (2)|age|id (3)", 2, []),
    "duplicate-rows.csv": ({}, "id|name|age", 3, []),
    "escaping.csv": ({"escape": "\\", "skip_spaces": True}, "ID|Test", 3, []),
    "floats.csv": ({}, "number", 5, []),
    "invalid.csv": ({}, "id|name|column 3|name (2)", 0, [2, 3, 5]),
    "issue-1009-semicolon.csv": (SEMICOLON, "fieldNameA|fieldNameB", 1, []),
    "latin1.csv": ({"encoding": "iso8859-1"}, "id|name", 2, []),
    "leading-zeros.csv": ({}, "value", 3, []),
    "long.csv": ({}, "id|name", 6, []),
}
"""How each is written, its columns, how many of its rows are good, and the lines of the others."""


WHOLE: dict[str, dict[str, Any]] = {
    "statistics_it_ministry/codice_rosso_commessi.csv": {},
    "statistics_it_ministry/codici_stati.csv": {},
    "statistics_it_ministry/omicidi_dcpc.csv": {},
    "statistics_eurostat/geo.csv": {},
    "statistics_eurostat/iccs.csv": {},
    "reference/NUTS2021-NUTS2024.csv": SEMICOLON,
    "reference/country-codes.csv": {},
    "reference/nuts0_population_eurostat.csv": {},
    "reference/nuts2_population_2008_2018.csv": {},
    "reference/population.csv": {},
}
"""Tables with a plain header, below the folder of inputs."""


class Table(NamedTuple):
    """A table as it was read. `damaged`: rows by the rule that refused them, or the one for which none was read.

    `same`: what the oracle beside it says of that; None where there is none.
    """

    file: str
    rows: int
    damaged: Counter[str]
    same: bool | None = None


def tables(inputs: Path) -> Iterator[Table]:
    """All of them."""
    for path in sorted((inputs / "csv_spectrum").glob("*.csv")):
        yield _beside_its_oracle(path, inputs)
    for name, (said, columns, _, _) in FRICTIONLESS.items():
        path = inputs / "csv_frictionless" / name
        yield _read(path, inputs, columns.split("|") if columns != EVERY else names_of(path.read_bytes(), **said), said)
    yield _read(inputs / "csv_frictionless" / "empty.csv", inputs, ["id"], {})
    for name, said in {**HXL, "input-untagged.csv": {}}.items():
        yield _read(inputs / "hxl_io" / name, inputs, ["column 1", *TAGS], {"header": {"tags": "names"}, **said})
    tagged = {"header": {"tags": "names"}}
    yield _read(inputs / "hxl_io" / "input-multiline.csv", inputs, ["#description"], tagged)
    columns = ["#org", "column 2", "#adm1", "#affected"]
    yield _read(inputs / "hxl_io" / "input-multiple-headers.csv", inputs, columns, tagged)
    for name, said in WHOLE.items():
        path = inputs / name
        yield _read(path, inputs, names_of(path.read_bytes(), **said), said)
    for path in sorted((inputs / "statistics_eige").glob("*.json")):
        yield _read(path, inputs, ["Countries", "Service", "2012"], {"format": "json", "path": "data"})


def names_of(data: bytes, **said: Any) -> list[str]:
    """The columns of a table, by its own header, as the csv module reads it."""
    source = Source(**said)
    lines = data.decode(source.encoding).removeprefix("\ufeff").splitlines()[source.skip :]
    header = next(csv.reader(lines, delimiter=source.separator))
    return [cell.strip() or f"column {at}" for at, cell in enumerate(header, 1)]


def _read(path: Path, inputs: Path, columns: list[str], said: dict[str, Any]) -> Table:
    rows, damaged = 0, Counter[str]()
    try:
        for block in read_blocks(BytesIO(path.read_bytes()), Source(**said), frozenset(columns)):
            rows += len(block.rows)
            damaged.update(each.rule for _, each in block.damaged)
    except Rejected as rejected:
        damaged.update([rejected.problems[0].rule])
    return Table(path.relative_to(inputs).as_posix(), rows, damaged)


def spectrum(path: Path) -> tuple[bytes, list[dict[str, str]]]:
    """A table of csv-spectrum, and what its oracle says it holds."""
    data = path.read_bytes()
    if path.stem.endswith("_crlf") and b"\r" not in data:
        data = data.replace(b"\n", b"\r\n")  # the repository that it was taken from had its line ends normalised
    return data, json.loads(path.with_suffix(".json").read_bytes())


def _beside_its_oracle(path: Path, inputs: Path) -> Table:
    data, expected = spectrum(path)
    blocks = list(read_blocks(BytesIO(data), Source(), frozenset(expected[0])))
    found = [block.record(row).data for block in blocks for row in range(len(block.rows))]
    return Table(path.relative_to(inputs).as_posix(), len(found), Counter(), found == expected)
