"""A service directory in any form of HSDS 3.x → its tables: JSON documents, pages, tabular JSON, a CSV package (zip).

HSDS is the Human Services Data Specification of Open Referral (docs.openreferral.org, 3.0 and 3.1). What is nested in a
JSON document is taken apart into the tables of the package, so that one reading serves all forms.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.json_file import parse_json, read_limited

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of a directory, and of all tables of a package together, unpacked."""
FILES_LIMIT = 200
DEPTH_LIMIT = 12
"""Entities inside of one another. A service in an organisation in a page has six."""
Row = dict[str, Any]


class Place(NamedTuple):
    """A row of a table, and where it stands: `contacts.csv, line 2`."""

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
KEPT_APART = frozenset({"service_taxonomy.csv", "services_at_location.csv", "taxonomy.csv", "regular_schedules.csv"})
"""Tables that only packages of HSDS 1 and 2 have."""


def read_directory(source: BinaryIO) -> Directory:
    """The tables of a directory. Raises Rejected for a file that is none, or of another version."""
    data = read_limited(source, SIZE_LIMIT)
    directory = Directory({}, [])
    if data[:4] == b"PK\x03\x04":
        _of_package(directory, data)
        return directory
    document = parse_json(data)
    if isinstance(document, dict) and any(str(key).endswith(".csv") for key in document):
        _of_tabular(directory, document)
    else:
        _of_document(directory, document)
    return directory


def _of_package(directory: Directory, data: bytes) -> None:
    """A zip of `organizations.csv`, `services.csv` and so on, with or without a folder around them."""
    for name, content in _unpacked(data):
        if name in KEPT_APART:
            raise Rejected("unknown-version", name)
        if name == "datapackage.json":
            _check_version(parse_json(content, name), name)
        elif name.endswith(".csv"):
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
            position = f"{name}, line {line}"
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
        if not isinstance(listed, list):
            raise Rejected("not-a-list", name if name.removesuffix(".csv") in {*NESTED.values()} else "file")
        for at, row in enumerate(listed, 1):
            _put(directory, name.removesuffix(".csv"), f"{name}, row {at}", row)


def _of_document(directory: Directory, document: Any) -> None:
    """One entity, a list of them, or a page of the API (`contents`)."""
    if isinstance(document, dict) and isinstance(document.get("contents"), list):
        document = document["contents"]
    for at, entity in enumerate(document if isinstance(document, list) else [document], 1):
        if not isinstance(entity, dict) or "id" not in entity:
            _check_version(entity, "version")
            directory.damaged.append((f"item {at}", Damaged("not-a-directory", entity)))
        elif table := _table_of(entity):
            _take_apart(directory, table, f"item {at}", entity)
        else:
            directory.damaged.append((f"item {at}", Damaged("not-a-directory", entity)))


def _table_of(entity: Row) -> str:
    """Which table an entity of the API is a row of: it does not say so itself. Nothing for one that is of none."""
    if "service" in entity and "location" in entity:
        return "service_at_location"
    for key, table in (
        ("location_type", "locations"), ("taxonomy_detail", "taxonomy_terms"), ("term_uri", "taxonomy_terms"),
        ("parent_id", "taxonomy_terms"), ("status", "services"), ("organization_identifiers", "organizations"),
        ("legal_status", "organizations"), ("website", "organizations"), ("description", "taxonomies"),
    ):  # fmt: skip
        if key in entity:
            return table
    return ""


def _take_apart(directory: Directory, table: str, position: str, entity: Row, depth: int = 1) -> None:
    """An entity and all that is nested in it, as rows that name each other."""
    if depth > DEPTH_LIMIT:
        raise Rejected("too-deep", "file")
    row = {key: value for key, value in entity.items() if key not in NESTED}
    own = entity.get("id")
    for key, value in entity.items():
        if key not in NESTED:
            continue
        below = NESTED[key]
        if isinstance(value, dict):
            row[OWN.get(below, "")] = value.get("id")
            _take_apart(directory, below, f"{position}, {key}", value, depth + 1)
        elif isinstance(value, list):
            for at, child in enumerate(value, 1):
                place = f"{position}, {key} {at}"
                if isinstance(child, dict):
                    named = {OWN[table]: own, **child} if table in OWN else child
                    _take_apart(directory, below, place, named, depth + 1)
                else:
                    directory.damaged.append((place, Damaged("not-a-mapping", child)))
        elif value is not None:
            directory.damaged.append((f"{position}, {key}", Damaged("not-a-mapping", value)))
    _put(directory, table, position, row)


def _put(directory: Directory, table: str, position: str, row: Any) -> None:
    if isinstance(row, dict):
        filled = {key: value for key, value in row.items() if key and value not in (None, "")}
        directory.tables.setdefault(table, []).append(Place(position, filled))
    else:
        directory.damaged.append((position, Damaged("not-a-mapping", row)))
