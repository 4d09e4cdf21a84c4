"""The readers that strangers' files meet: a line each. A new line gets every damage, and every bomb of its kind."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import msgspec

from hub.adapters import find
from hub.adapters.agreement import load_agreement
from hub.adapters.base import Adapter, Problem, Rejected
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.edge.deliver import Sender
from hub.edge.refusing import refuse
from hub.errors import Stop
from hub.events.wire import Refusal, pack
from tests import hsds_made, workbooks
from tests.pipe import COLUMNS, MAPPING, ROOT, row

MARK = "Kqzvx"
"""Every value in a sample that is no good one begins so; no word of ours holds it, nor any part of it this long."""
SHOWN = 3
"""Letters of a mark that make a leak: damage cuts them."""
Said = list[str]
"""All that a reader told: rules, places, positions, words of errors."""


class Reader(NamedTuple):
    """What is read, of which kind its bytes are (for bombs), what reads it, and good files to be damaged."""

    name: str
    kind: str
    read: Callable[[bytes], Said]
    samples: Callable[[], list[bytes]]
    secret: bool = True
    """Whether nothing of the file may be told: a mapping file is the partner's own program, its keys are."""


def _rows() -> list[dict[str, str]]:
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


def _delimited(separator: str) -> bytes:
    made = StringIO()
    csv.writer(made, delimiter=separator).writerows(_table())
    return made.getvalue().encode()


def _table() -> list[list[str]]:
    return [list(COLUMNS), *([each[name] for name in COLUMNS] for each in _rows())]


@cache
def _mapping(source: str) -> Adapter:
    """The test table's mapping, in another format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.yaml"
        path.write_text(MAPPING.replace('separator: ";", ', source), "utf-8")
        return load_mapping(path)


def by_edge(adapter: Callable[[], Adapter]) -> Callable[[bytes], Said]:
    """Through all of the edge: read, translate, generalise, seal; refusals have the form that the hub takes."""

    def read(data: bytes) -> Said:
        said: Said = []

        def aside(position: str, _data: object, problems: Iterable[Problem]) -> None:
            for rule, place in problems:
                packed = pack(Refusal(position, rule, place[:120]))
                msgspec.json.decode(packed, type=Refusal)
                said.extend((position, rule, place))

        try:
            refuse(adapter(), BytesIO(data), _sender(adapter(), data), aside)
        except Rejected as rejected:
            said.append(str(rejected))
        return said

    return read


def _sender(adapter: Adapter, data: bytes) -> Sender:
    if isinstance(adapter, MappingAdapter):
        return Sender(adapter.mapping.partner, adapter.mapping.country)
    first = next(iter(adapter.read(BytesIO(data))))
    return Sender(*adapter.sender(first)) if hasattr(adapter, "sender") else Sender("pt-test", "PT")


def by_file(load: Callable[[Path], object]) -> Callable[[bytes], Said]:
    """A file that a person writes: what is wrong with it is a Stop."""

    def read(data: bytes) -> Said:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.yaml"
            path.write_bytes(data)
            try:
                load(path)
            except Stop as stop:
                return [str(stop)]
        return []

    return read


def _marked(path: Path, *words: str) -> bytes:
    """A file of ours in which some words are marks."""
    text = path.read_text("utf-8")
    for word in words:
        text = text.replace(word, f"{MARK} {word}")
    return text.encode()


def _json_lines() -> bytes:
    return "\n".join(json.dumps(each) for each in _rows()).encode()


def _directories() -> list[bytes]:
    """Pages of a service directory, and a package of it, every text of them a mark."""
    attended = hsds_made.service("s1", "LEGAL_ADVICE", service_at_locations=[hsds_made.place("l1", "PT1A0")])
    bad = hsds_made.service("s2", "SHELTER", status=MARK, minimum_age=MARK, assured_date=f"{MARK}-01-2025")
    return [hsds_made.page(attended, bad).replace(hsds_made.CANARY.encode(), MARK.encode())]


def _packages() -> list[bytes]:
    tables = {
        "organizations.csv": f"id,name\no1,{MARK}\n",
        "services.csv": f"id,organization_id,name,status\ns1,o1,{MARK},active\ns2,o9,{MARK},{MARK}\n",
        "phones.csv": f"id,service_id,number\np1,s1,{MARK}\np2,{MARK},{MARK}\n",
    }
    return [hsds_made.zipped({name: text.encode() for name, text in tables.items()})]


PLANS = sorted((ROOT / "examples" / "programmes").rglob("*.yaml"))
AGREEMENTS = sorted((ROOT / "examples" / "agreements").glob("*.yaml"))
READERS: tuple[Reader, ...] = (
    Reader("CSV", "csv", by_edge(lambda: _mapping('separator: ";", ')), lambda: [_delimited(";")]),
    Reader("TSV", "csv", by_edge(lambda: _mapping("format: tsv, ")), lambda: [_delimited("\t")]),
    Reader("XLSX", "xlsx", by_edge(lambda: _mapping("format: xlsx, ")), lambda: [workbooks.xlsx(_table())]),
    Reader("ODS", "ods", by_edge(lambda: _mapping("format: ods, ")), lambda: [workbooks.ods(_table())]),
    Reader("JSON", "json", by_edge(lambda: _mapping("format: json, ")), lambda: [json.dumps(_rows()).encode()]),
    Reader("JSON lines", "json", by_edge(lambda: _mapping("format: jsonl, ")), lambda: [_json_lines()]),
    Reader(
        "plan file", "yaml", by_edge(lambda: find("plan_file")), lambda: [_marked(p, "Referral", "2025") for p in PLANS]
    ),
    Reader("service directory", "json", by_edge(lambda: find("hsds")), _directories),
    Reader("service directory, zipped", "xlsx", by_edge(lambda: find("hsds")), _packages),
    Reader("mapping file", "yaml", by_file(load_mapping), lambda: [MAPPING.encode()], secret=False),
    Reader("agreement", "yaml", by_file(load_agreement), lambda: [_marked(p, "PUBLIC", "20") for p in AGREEMENTS]),
)
"""All of them. `find(name)` reads a Python adapter's files."""


def told(reader: Reader, said: Said) -> bool:
    """Whether a value of the file was told."""
    pieces = {MARK[at : at + SHOWN] for at in range(len(MARK) - SHOWN + 1)}
    return reader.secret and any(piece in each for each in said for piece in pieces)
