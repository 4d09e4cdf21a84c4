"""A service directory in any form of HSDS 3.x → its tables: JSON documents, pages, tabular JSON, a CSV package (zip).

HSDS is the Human Services Data Specification of Open Referral (docs.openreferral.org, 3.0 and 3.1). What is nested in a
JSON document is taken apart into the tables of the package, so that one reading serves all forms.
"""

import csv
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.json_file import parse_json, read_limited

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of a directory, and of all tables of a package together, unpacked."""
FILES_LIMIT = 200
HEAD = 4096
"""Bytes of a file by which it is told what it is, if it is no directory."""
DEPTH_LIMIT = 12
"""Entities inside of one another. A service in an organisation in a page has six."""
Row = dict[str, Any]


class Place(NamedTuple):
    """A row of a table, and where it stands: `contacts, line 2`; `item 1, contacts 3`, where it is nested."""

    position: str
    row: Row


class Damaged(NamedTuple):
    """A row that is none: the rule it breaks, and its text."""

    rule: str
    text: Any


class Directory(NamedTuple):
    """The tables of a directory by the names they have in the package, and the rows that could not be read."""

    tables: dict[str, list[Place]]
    damaged: list[tuple[str, Damaged]]
    package: bool = False
    """Whether these are whole tables: a page of an API may leave out what hangs on a service."""


NESTED = {
    "organization": "organizations", "program": "programs", "service": "services", "location": "locations",
    "taxonomy_term": "taxonomy_terms", "taxonomy_detail": "taxonomies", "services": "services",
    "locations": "locations", "programs": "programs", "service_at_locations": "service_at_location",
    "languages": "languages", "attributes": "attributes", "service_areas": "service_areas", "addresses": "addresses",
    "contacts": "contacts", "phones": "phones", "schedules": "schedules", "funding": "funding",
    "cost_options": "cost_options", "required_documents": "required_documents", "accessibility": "accessibility",
    "organization_identifiers": "organization_identifiers", "metadata": "metadata", "capacities": "service_capacity",
    "unit": "units",
}  # fmt: skip
"""What a key of a JSON document holds: one row of a table, or a list of them."""
OWN = {
    "organizations": "organization_id", "programs": "program_id", "services": "service_id", "locations": "location_id",
    "service_at_location": "service_at_location_id", "taxonomy_terms": "taxonomy_term_id", "contacts": "contact_id",
    "taxonomies": "taxonomy_id", "phones": "phone_id", "units": "unit_id",
}  # fmt: skip
"""How other tables name a row of this one."""
NUMBERED = {
    "organizations": "providers", "service_at_location": "places", "service_areas": "areas", "cost_options": "costs",
    "taxonomy_terms": "terms", "required_documents": "documents", "accessibility": "access",
    "organization_identifiers": "ids", "service_capacity": "capacities",
}  # fmt: skip
"""What a nested row is called in its place, where its table's name is too long for a delivery to tell of it."""
KEPT_APART = frozenset({"service_taxonomy.csv", "services_at_location.csv", "taxonomy.csv", "regular_schedules.csv"})
"""Tables that only packages of HSDS 1 and 2 have."""
OLD_KEYS = frozenset({
    "service_taxonomys", "service_taxonomy", "eligibilitys", "regular_schedules", "holiday_schedules",
    "physical_addresses", "postal_addresses", "cost_optionss", "payments_accepted",
})  # fmt: skip
"""Keys that only entities of HSDS 1 and 2 have (Open Referral UK 1 is built on 2)."""
TABLES = frozenset(NESTED.values())
"""What is read of a package. Others (`meta_table_descriptions`, `urls`) describe it, or hold links."""


def read_directory(source: BinaryIO) -> Directory:
    """The tables of a directory. Raises Rejected for a file that is none, or of another version."""
    data = read_limited(source, SIZE_LIMIT)
    if data[:4] == b"PK\x03\x04":
        directory = Directory({}, [], package=True)
        _of_package(directory, data)
        return directory
    document = _json(data)
    if isinstance(document, dict) and any(str(key).endswith(".csv") for key in document):
        directory = Directory({}, [], package=True)
        _of_tabular(directory, document)
    else:
        directory = Directory({}, [])
        _of_document(directory, document)
    return directory


def _json(data: bytes) -> Any:
    """The document. Something else is named: XML of AIRS, or a table without the others of its package."""
    try:
        return parse_json(data)
    except Rejected as refused:
        start = data[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start or start[:1] in b"[{" or refused.problems[0].rule != "not-json":
            raise
        if start[:1] == b"<" and b"airs" in start.lower():
            raise Rejected("unknown-version", "AIRS XML") from None
        raise Rejected("not-a-package", "file") from None


def _of_package(directory: Directory, data: bytes) -> None:
    """A zip of `organizations.csv`, `services.csv` and so on, with or without a folder around them."""
    for name, content in _unpacked(data):
        if name in KEPT_APART:
            raise Rejected("unknown-version", name)
        if name == "datapackage.json":
            _check_version(parse_json(content, name), name)
        elif name.removesuffix(".csv") in TABLES:
            _of_csv(directory, name, content)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of a zip, never more than the limits, whatever its headers say."""
    left = SIZE_LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            listed = [info for info in package.infolist() if not info.is_dir()]
            if len(listed) > FILES_LIMIT:
                raise Rejected("too-large", "file")
            for info in sorted(listed, key=lambda info: info.filename):
                name = info.filename.rsplit("/", 1)[-1].lower()
                if not name.endswith((".csv", ".json")) or info.filename.startswith("__MACOSX"):
                    continue
                with package.open(info) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Rejected("too-large", "file")
                yield name, content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        # RuntimeError: encrypted. NotImplementedError: a method of packing that nobody knows.
        raise Rejected("not-a-package", "file") from None


def _check_version(document: Any, place: str) -> None:
    version = document.get("version") if isinstance(document, dict) else None
    if version is not None and not str(version).startswith("3."):
        raise Rejected("unknown-version", place)


def _of_csv(directory: Directory, name: str, content: bytes) -> None:
    """One table of a package. HSDS prescribes UTF-8 and commas (RFC 4180)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content.count(b"\n", 0, error.start)
        raise Rejected("not-text", f"{name}, line {before + 1}") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = directory.tables.setdefault(name.removesuffix(".csv"), [])
    line, header = 1, [""]
    try:
        header = [cell.strip() for cell in next(reader, [])]
        line = reader.line_num + 1
        for cells in reader:
            position = f"{_spoken(name)}, line {line}"
            line = reader.line_num + 1
            if not any(cells):
                continue
            if len(cells) == len(header):
                rows.append(Place(position, {key: cell for key, cell in zip(header, cells, strict=True) if cell}))
            else:
                directory.damaged.append((position, Damaged("row-shape", cells)))
    except csv.Error:
        # After an open quote nothing can be told apart, and rows that cannot be counted cannot be answered for.
        raise Rejected("row-shape", f"{name}, line {line}") from None


def _of_tabular(directory: Directory, document: dict[str, Any]) -> None:
    """The package as one JSON document: `{"services.csv": [{...}]}`."""
    for name, listed in document.items():
        if name in KEPT_APART:
            raise Rejected("unknown-version", name)
        if name.removesuffix(".csv") not in TABLES:
            continue
        if not isinstance(listed, list):
            raise Rejected("not-a-list", name)
        for at, row in enumerate(listed, 1):
            _put(directory, name.removesuffix(".csv"), f"{_spoken(name)}, row {at}", row)


def _of_document(directory: Directory, document: Any) -> None:
    """One entity, a list of them, or a page of the API (`contents`)."""
    if isinstance(document, dict) and isinstance(document.get("contents"), list):
        document = document["contents"]
    for at, entity in enumerate(document if isinstance(document, list) else [document], 1):
        if not isinstance(entity, dict) or "id" not in entity:
            _check_version(entity, "version")
            directory.damaged.append((f"item {at}", Damaged("not-a-directory", entity)))
        elif table := _table_of(entity):
            _take_apart(directory, table, Nested(f"item {at}", Counter()), f"item {at}", entity)
        else:
            directory.damaged.append((f"item {at}", Damaged("not-a-directory", entity)))


def _table_of(entity: Row) -> str:
    """Which table an entity of the API is a row of: it does not say so itself. Nothing for one that is of none."""
    if "service" in entity and "location" in entity:
        return "service_at_location"
    for key, table in (
        ("location_type", "locations"), ("taxonomy_detail", "taxonomy_terms"), ("term_uri", "taxonomy_terms"),
        ("parent_id", "taxonomy_terms"), ("taxonomy", "taxonomy_terms"), ("status", "services"),
        ("organization_identifiers", "organizations"), ("legal_status", "organizations"), ("website", "organizations"),
        ("services", "organizations"), ("year_incorporated", "organizations"), ("email", "organizations"),
        ("parent_organization_id", "organizations"), ("description", "taxonomies"),
    ):  # fmt: skip
        if key in entity:
            return table
    return ""


def _spoken(name: str) -> str:
    """A table's name as a delivery may tell it: twenty letters and spaces."""
    return name.removesuffix(".csv").replace("_", " ").removeprefix("organization ")


class Nested(NamedTuple):
    """An item, and how many rows of each table were met in it."""

    position: str
    met: Counter[str]

    def place(self, table: str) -> str:
        """Where the next row of a table stands."""
        self.met[table] += 1
        return f"{self.position}, {NUMBERED.get(table, table)} {self.met[table]}"


def _take_apart(directory: Directory, table: str, nested: Nested, position: str, entity: Row, depth: int = 1) -> None:
    """An entity and all that is nested in it, as rows that name each other."""
    if depth > DEPTH_LIMIT:
        raise Rejected("too-deep", "file")
    if not OLD_KEYS.isdisjoint(entity):
        raise Rejected("unknown-version", "HSDS 1 or 2")
    row = {key: value for key, value in entity.items() if key not in NESTED}
    own = entity.get("id")
    for key, value in entity.items():
        if key not in NESTED:
            continue
        below = NESTED[key]
        if isinstance(value, dict):
            row[OWN.get(below, "")] = value.get("id")
            _take_apart(directory, below, nested, nested.place(below), value, depth + 1)
        elif isinstance(value, list):
            for child in value:
                if isinstance(child, dict):
                    named = {OWN[table]: own, **child} if table in OWN else child
                    _take_apart(directory, below, nested, nested.place(below), named, depth + 1)
                else:
                    directory.damaged.append((nested.place(below), Damaged("not-a-mapping", child)))
        elif value is not None:
            directory.damaged.append((nested.place(below), Damaged("not-a-mapping", value)))
    _put(directory, table, position, row)


def _put(directory: Directory, table: str, position: str, row: Any) -> None:
    if isinstance(row, dict):
        filled = {key: value for key, value in row.items() if key and value not in (None, "")}
        directory.tables.setdefault(table, []).append(Place(position, filled))
    else:
        directory.damaged.append((position, Damaged("not-a-mapping", row)))
