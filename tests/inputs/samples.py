"""Good files in every format that strangers send, full of marks: what no message may name begins with one."""

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from tests import fhir_made, workbooks
from tests.fhir_made import ENCOUNTER, EPISODE, GOOD, PATIENT, REQUEST, TASK, bundle, but
from tests.pipe import COLUMNS, MAPPING, ROOT, row

MARK = "Kqzvx"
"""Every value in a sample that is no good one begins so; no word of ours holds it, nor any part of it this long."""
SHOWN = 3
"""Letters of a mark that make a leak: damage cuts them."""
FORMATS = ROOT / "examples" / "formats"
PROGRAMMES = ROOT / "examples" / "programmes"


def rows() -> list[dict[str, str]]:
    """Of the test table."""
    marked = [
        {"age": f"{MARK}9"},
        {"sex": f"{MARK} other"},
        {"date": f"{MARK}-01-2025"},
        {"case": ""},
        {"phy": MARK},
        {"date": "", "name": f'{MARK}"quoted; and\nbroken"'},
        {"age": "9" * 40},
    ]
    return [row(n, **{"name": f"{MARK} {n}", **(marked[n] if n < len(marked) else {})}) for n in range(12)]


def table() -> list[list[str]]:
    """The same with its header."""
    return [list(COLUMNS), *([each[name] for name in COLUMNS] for each in rows())]


def delimited(cells: Iterable[Sequence[str]], separator: str) -> bytes:
    """A table as text."""
    made = StringIO()
    csv.writer(made, delimiter=separator).writerows(cells)
    return made.getvalue().encode()


def lines(values: Iterable[Any]) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in values)


def marked(text: str, *words: str) -> bytes:
    """A text in which some words are marked."""
    for word in words:
        text = text.replace(word, f"{MARK} {word}")
    return text.encode()


def resources() -> list[dict[str, Any]]:
    """Good ones of every kind, and some that are refused for a value."""
    wrong = [
        but(REQUEST, id="r2", status=MARK, note=[{"text": MARK}]),
        but(REQUEST, id="r3", authoredOn=f"{MARK}-03-01"),
        but(ENCOUNTER, id="e2", class_={"system": f"http://{MARK}.example/{MARK}", "code": MARK}),
        but(EPISODE, id=f"{MARK} {MARK}"),
        {"resourceType": f"{MARK}Order", "id": "x1", MARK: MARK},
        but(PATIENT, id="p2", gender=MARK, birthDate=MARK),
    ]
    made = [PATIENT, *GOOD, TASK, *wrong]
    return json.loads(json.dumps(made).replace(fhir_made.CANARY, MARK))


def bundles() -> list[bytes]:
    """A resource alone, a collection, a message with full URLs, a bundle within a bundle."""
    all_of = resources()
    message = bundle(*all_of, type="message", timestamp="2025-05-01T00:00:00Z")
    for number, entry in enumerate(message["entry"]):
        entry["fullUrl"] = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    nested = bundle(bundle(*all_of[:3]), *all_of[3:])
    made = (all_of[1], all_of[7], bundle(*all_of), message, nested)
    return [json.dumps(each, indent=indent).encode() for each in made for indent in (None, 1)]


def xml(resource: dict[str, Any]) -> bytes:
    """A resource in FHIR's XML."""
    body = "".join(_element(name, value) for name, value in resource.items() if name != "resourceType")
    kind = resource["resourceType"]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="http://hl7.org/fhir">\n{body}</{kind}>\n'.encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if not isinstance(value, dict):
        return f'<{name} value="{value}"/>\n'
    inside = "".join(_element(each, below) for each, below in value.items())
    return f"<{name}>\n{inside}</{name}>\n"


def recorder() -> list[list[str]]:
    """The sheet of the GBVIMS Incident Recorder, every third cell marked once it is not the header."""
    head, *incidents = csv.reader(StringIO((FORMATS / "gbvims.csv").read_text("utf-8")))
    spoiled = [
        [f"{MARK} {cell}" if (at + 7 * number) % 9 == 8 else cell for at, cell in enumerate(each)]
        for number, each in enumerate(incidents)
    ]
    return [head, *incidents, *spoiled]


def payloads() -> list[dict[str, Any]]:
    """Records of Primero: the example's, and each with a mark in one of its texts."""
    good = json.loads((FORMATS / "primero.json").read_text("utf-8"))["data"]
    return [
        *good,
        *({**each, "id": f"{each['id']}-{name}", name: MARK, "notes": MARK} for each in good for name in each),
    ]


def plan_tables() -> list[list[list[str]]]:
    """Plans as tables: one that is good but for marked titles, and one in which other columns are marked as well."""
    read = list(csv.reader(StringIO((PROGRAMMES / "invictus" / "fi.csv").read_text("utf-8"))))
    head, *entries = read
    title = head.index("title")
    titled = [[f"{MARK} {cell}" if at == title and cell else cell for at, cell in enumerate(each)] for each in entries]
    spoiled = [
        [f"{MARK}{cell}" if cell and (at + 5 * number) % 11 == 10 else cell for at, cell in enumerate(each)]
        for number, each in enumerate(titled)
    ]
    return [[head, *titled], [head, *spoiled]]


TRACKER = f"""\
dataset_type: nap5
title: {MARK} tracker
resources:
- fields:
  - {{datastore_id: commitments, choices: {{C01: {{en: {MARK} one}}, C02: {{en: {MARK} one, fr: {MARK}}}}}}}
  - {{datastore_id: milestones, choices: {{C01.1: {{en: {MARK} two}}, C02.1: {{en: {MARK} two}}}}}}
  - datastore_id: indicators
    choices:
      C01.1.1: {{en: {MARK} three, due_date: 2023-02, lead_dept: jus}}
      C02.1.1: {{en: {MARK} three, due_date: {MARK}, lead_dept: jus}}
"""


def trackers() -> list[bytes]:
    """A government's tracker that is whole, and one with a day that is none."""
    return [TRACKER.replace(f"due_date: {MARK}", "due_date: 2023-03").encode(), TRACKER.encode()]


def mappings() -> list[bytes]:
    """Mapping files: the test table's, and every partner's."""
    partners = sorted((ROOT / "hub" / "adapters" / "partners").glob("*.yaml"))
    return [MAPPING.encode(), *(path.read_bytes() for path in partners)]


PROFILE = f"""\
fhir: 1
name: pt_hospital
partner: pt-hospital
country: PT
identifiers: {{"http://interop.example/nif": pt.nif}}
codes: {{to_tier: {{"http://example.org/{MARK}": {{shelter: {{to: SPECIALIST_GBV, relation: broader}}}}}}}}
"""


def workbook(cells: list[list[str]], name: str) -> bytes:
    """One sheet of that name."""
    return workbooks.xlsx({name: workbooks.Written(cells)})
