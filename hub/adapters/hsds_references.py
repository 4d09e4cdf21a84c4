"""References between the tables of an HSDS directory, and those that lead nowhere."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.adapters.hsds_tables import Directory, Place, Row

REFERENCES: dict[str, dict[str, str]] = {
    "programs": {"organization_id": "organizations"},
    "services": {"organization_id": "organizations", "program_id": "programs"},
    "attributes": {"taxonomy_term_id": "taxonomy_terms"},
    "service_at_location": {"service_id": "services", "location_id": "locations"},
    "locations": {"organization_id": "organizations"},
    "phones": {
        "contact_id": "contacts", "location_id": "locations", "organization_id": "organizations",
        "service_id": "services", "service_at_location_id": "service_at_location",
    },
    "contacts": {
        "location_id": "locations", "organization_id": "organizations", "service_id": "services",
        "service_at_location_id": "service_at_location",
    },
    "addresses": {"location_id": "locations"},
    "schedules": {
        "location_id": "locations", "service_id": "services", "service_at_location_id": "service_at_location",
    },
    "funding": {"organization_id": "organizations", "service_id": "services"},
    "service_areas": {"service_id": "services"},
    "required_documents": {"service_id": "services"},
    "languages": {"location_id": "locations", "phone_id": "phones", "service_id": "services"},
    "accessibility": {"location_id": "locations"},
    "taxonomy_terms": {"taxonomy_id": "taxonomies"},
    "cost_options": {"service_id": "services"},
    "organization_identifiers": {"organization_id": "organizations"},
}  # fmt: skip
"""The foreign keys of the data package of HSDS 3.0 (openreferral/specification at 279fd2eb, datapackage.json): table →
field → table. A parent (of an organisation, of a term) is none of them: it may stand outside of a directory."""


ADDED: dict[str, dict[str, str]] = {"service_capacity": {"service_id": "services", "unit_id": "units"}}
"""Those that HSDS 3.1 has beside them."""


def broken(directory: Directory) -> Iterator[tuple[str, Place, list[str]]]:
    """Each row with references to rows that are not there: its table, itself, and the fields."""
    there = {table: by_id(directory, table).keys() for table in directory.tables}
    for table, fields in (REFERENCES | ADDED).items():
        for place in directory.tables.get(table, ()):
            wrong = [
                field
                for field, target in fields.items()
                if field in place.row and text_of(place.row, field) not in there.get(target, ())
            ]
            if wrong:
                yield table, place, wrong


def by_id(directory: Directory, table: str) -> dict[str, Row]:
    """The rows of a table by their identifier."""
    return {own: place.row for place in directory.tables.get(table, ()) if (own := text_of(place.row, "id"))}


def grouped(directory: Directory, table: str, *fields: str) -> dict[str, list[Row]]:
    """The rows of a table by what they hang on, which one of `fields` says."""
    found: dict[str, list[Row]] = {}
    for place in directory.tables.get(table, ()):
        for above in {text_of(place.row, field) for field in fields} - {""}:
            found.setdefault(above, []).append(place.row)
    return found


def text_of(row: Mapping[str, Any], field: str) -> str:
    """A field as a text; empty where it holds none."""
    value = row.get(field)
    return value.strip() if isinstance(value, str) else ""
