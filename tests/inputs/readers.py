"""The readers that strangers' files meet: a line each. A new line gets every damage, and every bomb of its kind."""

import json
import tempfile
from collections.abc import Callable, Iterable
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import msgspec

from hub.adapters import find
from hub.adapters.agreement import load_agreement
from hub.adapters.base import Adapter, OwnSender, Problem, Rejected
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_profile import load_profile
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.edge.deliver import Sender
from hub.edge.refusing import refuse
from hub.errors import Stop
from hub.events.wire import Refusal, pack
from tests import hsds_made, workbooks
from tests.inputs import deliveries, samples
from tests.inputs.samples import MARK, SHOWN, delimited, lines, marked, rows, table, workbook
from tests.pipe import MAPPING, ROOT

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


@cache
def _mapping(source: str) -> Adapter:
    """The test table's mapping, in another format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.yaml"
        path.write_text(MAPPING.replace('separator: ";", ', source), "utf-8")
        return load_mapping(path)


def _table(source: str) -> Callable[[bytes], Said]:
    return by_edge(lambda: _mapping(source))


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
    if not isinstance(adapter, OwnSender) or isinstance(adapter, FhirAdapter):
        return Sender("pt-test", "PT")
    return Sender(*adapter.sender(next(iter(adapter.read(BytesIO(data))))))


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
FHIR, GBVIMS, PRIMERO, PLAN = (by_edge(partial(find, name)) for name in ("fhir", "gbvims", "primero", "plan_file"))
READERS: tuple[Reader, ...] = (
    Reader("CSV", "csv", _table('separator: ";", '), lambda: [delimited(table(), ";")]),
    Reader("TSV", "csv", _table("format: tsv, "), lambda: [delimited(table(), "\t")]),
    Reader("XLSX", "xlsx", _table("format: xlsx, "), lambda: [workbooks.xlsx(table())]),
    Reader("ODS", "ods", _table("format: ods, "), lambda: [workbooks.ods(table())]),
    Reader("JSON", "json", _table("format: json, "), lambda: [json.dumps(rows()).encode()]),
    Reader("JSON lines", "json", _table("format: jsonl, "), lambda: [lines(rows())]),
    Reader("FHIR JSON", "json", FHIR, samples.bundles),
    Reader("FHIR NDJSON", "json", FHIR, lambda: [lines(samples.resources())]),
    Reader("FHIR XML", "xml", FHIR, lambda: [samples.xml(each) for each in samples.resources()]),
    Reader("GBVIMS as CSV", "csv", GBVIMS, lambda: [delimited(samples.recorder(), ",")]),
    Reader("GBVIMS as XLSX", "xlsx", GBVIMS, lambda: [workbook(samples.recorder(), "Incident Data")]),
    Reader("Primero", "json", PRIMERO, lambda: [json.dumps({"data": samples.payloads()}, indent=1).encode()]),
    Reader("Primero as lines", "json", PRIMERO, lambda: [lines(samples.payloads())]),
    Reader("plan file", "yaml", PLAN, lambda: [marked(p.read_text("utf-8"), "Referral", "2025") for p in PLANS]),
    Reader("plan as CSV", "csv", PLAN, lambda: [delimited(each, ";") for each in samples.plan_tables()]),
    Reader("plan as XLSX", "xlsx", PLAN, lambda: [workbook(each, "Plan") for each in samples.plan_tables()]),
    Reader("plan tracker", "yaml", PLAN, samples.trackers),
    Reader("mapping file", "yaml", by_file(load_mapping), samples.mappings, secret=False),
    Reader("FHIR profile", "yaml", by_file(load_profile), lambda: [samples.PROFILE.encode()], secret=False),
    Reader(
        *("agreement", "yaml", by_file(load_agreement)),
        lambda: [marked(p.read_text("utf-8"), "PUBLIC", "20") for p in AGREEMENTS],
    ),
    Reader("service directory", "json", by_edge(lambda: find("hsds")), _directories),
    Reader("service directory, zipped", "xlsx", by_edge(lambda: find("hsds")), _packages),
    Reader("delivery", "delivery", deliveries.read_delivery, deliveries.sealed_deliveries),
    Reader("chunk", "msgpack", deliveries.read_chunk, deliveries.chunks),
    Reader("sealed quarantine", "sealed", deliveries.read_sealed_rows, deliveries.sealed_rows),
    Reader("quarantine", "json", deliveries.read_refused_rows, deliveries.refused_rows),
)
"""All of them. `find(name)` reads a Python adapter's files."""


def told(reader: Reader, said: Said) -> bool:
    """Whether a value of the file was told."""
    pieces = {MARK[at : at + SHOWN] for at in range(len(MARK) - SHOWN + 1)}
    return reader.secret and any(piece in each for each in said for piece in pieces)
