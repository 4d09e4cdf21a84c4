"""Directories made for tests: pages of an API, and the tables of a package."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CANARY = "CANARY-Ann-Persona"
NUTS = "http://data.europa.eu/nuts/code/"
Entity = dict[str, Any]


def zipped(tables: Mapping[str, bytes], folder: str = "hsds/") -> bytes:
    """A package: a zip of tables, in a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in tables.items():
            made.writestr(folder + name, content)
    return out.getvalue()


def packed(folder: Path) -> bytes:
    """A folder of tables as a package."""
    return zipped({path.name: path.read_bytes() for path in sorted(folder.iterdir())})


def term(code: str, taxonomy: str = "Victim Support Hub", name: str = CANARY, uri: str = "") -> Entity:
    """An attribute that ties a term to what it stands in."""
    above = {"id": f"of {taxonomy}", "name": taxonomy, "description": CANARY}
    said = {"id": f"{taxonomy} {code}", "code": code, "name": name, "taxonomy_detail": above}
    return {"id": f"tie {taxonomy} {code}", "taxonomy_term": said | ({"term_uri": uri} if uri else {})}


def place(own: str, nuts: str = "", **more: Any) -> Entity:
    """A service at a location, in a region of NUTS, with an address and coordinates."""
    address = {"id": f"a{own}", "address_1": CANARY, "city": CANARY, "postal_code": CANARY, "country": "PT"}
    location = {"id": own, "location_type": "physical", "name": CANARY, "latitude": 38.123456, "addresses": [address]}
    if nuts:
        location["attributes"] = [term(nuts, "NUTS", uri=NUTS + nuts)]
    return {"id": f"at {own}", "location": location | more}


def service(own: str = "s1", *terms: str, **more: Any) -> Entity:
    """A service with terms of the hub's own lists, and everything that must not leave."""
    contact = {"id": "c1", "name": CANARY, "email": CANARY, "phones": [{"id": "p1", "number": "351912345678"}]}
    organisation = {"id": "o1", "name": CANARY, "email": CANARY, "website": CANARY, "contacts": [contact]}
    return {
        "id": own, "name": CANARY, "description": CANARY, "status": "active", "email": CANARY, "alert": CANARY,
        "eligibility_description": CANARY, "contacts": [contact], "organization": organisation,
        "attributes": [term(code) for code in terms],
    } | more  # fmt: skip


def page(*services: Entity) -> bytes:
    """A page of an API."""
    return json.dumps({"total_pages": 1, "contents": list(services)}).encode()
