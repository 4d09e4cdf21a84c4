"""The generator's files, written for a test and read without the hub's code."""

import csv
from collections.abc import Iterator
from pathlib import Path

from examples.generator import PARTNERS, Made, generate
from examples.generator.files import FIRST
from hub.adapters.base import Rejected, Statement
from hub.adapters.mapping import load_mapping

SCALE = 0.02
MORE = 0.2
"""The scale of the partners beside the first three: they are smaller."""
JOINED = {
    "fr-france-victimes": ("N° entretien",),
    "bg-bcnl": ("№ случай",),
    "es-violeta-ina": ("Nº VALORACIÓN",),
    "be-secova-faits": ("N° PV", "N° d'ordre"),
}
"""Partners of whom several rows make a record, and the columns of its key."""
Problem = tuple[str, str, str]


def ingest(path: Path, mapping: Path) -> tuple[list[Statement], list[Problem]]:
    """What the hub's adapter makes of a file: statements, and (position, place, rule) of all that it refuses."""
    adapter = load_mapping(mapping)
    statements: list[Statement] = []
    refused: list[Problem] = []
    with path.open("rb") as source:
        for record in adapter.read(source):
            try:
                statements.append(adapter.translate(record))
            except Rejected as rejected:
                refused.extend((record.position, place, rule) for rule, place in rejected.problems)
    return statements, refused


def cells(made: Made) -> Iterator[dict[str, str]]:
    """A file's rows, read without the hub's code. Stray blanks are off; nothing else is done."""
    partner = PARTNERS[made.partner]
    with made.path.open(encoding=partner.ENCODING, errors="surrogateescape", newline="") as source:
        for row in csv.DictReader(source, delimiter=partner.SEPARATOR):
            yield {column: text.strip() for column, text in row.items()}


def records(made: Made) -> tuple[dict[str, str], int]:
    """Where the record of each row begins, and how many records there are. Read without the hub's code."""
    partner = PARTNERS[made.partner]
    if made.partner not in JOINED:
        return {}, made.rows
    begins: dict[str, str] = {}
    first: dict[tuple[str, ...], str] = {}
    named = [partner.COLUMNS.index(column) for column in JOINED[made.partner]]
    alone, line = 0, 2
    with made.path.open(encoding=partner.ENCODING, errors="surrogateescape", newline="") as source:
        reader = csv.reader(source, delimiter=partner.SEPARATOR)
        next(reader)
        for row in reader:
            if len(row) == len(partner.COLUMNS) and all(key := tuple(row[at].strip() for at in named)):
                begins[f"line {line}"] = first.setdefault(key, f"line {line}")
            else:
                alone += 1
            line = reader.line_num + 1
    return begins, len(first) + alone


def write(folder: Path, broken: int) -> dict[str, Made]:
    """A small year of each partner, with so many rows broken."""
    others = sorted({*PARTNERS} - {*FIRST})
    made = generate(folder, scale=SCALE, seed=3, broken=broken)
    made += generate(folder, scale=MORE, seed=3, broken=broken, partners=others)
    return {one.partner: one for one in made}
