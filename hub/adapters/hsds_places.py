"""Where a location or an area is → a NUTS code, and nothing finer. Streets, postcodes and coordinates are never read.

A directory names a region by the EU's own address of it (`http://data.europa.eu/nuts/code/PT170`): as the `uri` of a
service area, or of a taxonomy term that is tied to a location or a service; by `external_identifier_type: NUTS` of a
location; or as the `region` or `state_province` of an address. Of an address without one a large city tells the region
(`hsds_cities.yaml`); of any other place only the country is known.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from hub.adapters.hsds_references import text_of
from hub.adapters.hsds_tables import Row
from hub.adapters.spelling import fold
from hub.adapters.yaml_tree import LOADER

FILE = Path(__file__).with_name("hsds_cities.yaml")

_URI = re.compile(r"https?://data\.europa\.eu/nuts/code/([A-Z]{2}[A-Z0-9]{0,3})/?").fullmatch
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}").fullmatch
_COUNTRY = re.compile(r"[A-Z]{2}").fullmatch
AS_NUTS = {"GR": "EL", "GB": "UK"}
"""Countries that NUTS calls otherwise than ISO 3166-1."""


def by_uri(uri: str) -> str:
    """The NUTS code that an address of the EU's names; empty for any other."""
    found = _URI(uri)
    return found[1] if found else ""


def of_location(location: Row, addresses: Iterable[Row], uris: Iterable[str]) -> str:
    """The NUTS code of a location, as fine as all that is said of it agrees; empty where nothing is said.

    `uris`: of the terms that are tied to it.
    """
    named = [code for uri in uris if (code := by_uri(uri))]
    if text_of(location, "external_identifier_type").upper() == "NUTS":
        named += [code for code in (text_of(location, "external_identifier"),) if _CODE(code)]
    rows = list(addresses)
    physical = [row for row in rows if text_of(row, "address_type").lower() == "physical"]
    return common(named or filter(None, map(_of_address, physical or rows)))


def common(codes: Iterable[str]) -> str:
    """The smallest region that holds all of these; empty where it is no country, or where there are none."""
    found = ""
    for number, code in enumerate(codes):
        if number == 0:
            found = code
        while not code.startswith(found):
            found = found[:-1]
    return found if len(found) >= 2 else ""


def country_of(code: str) -> str:
    """The country of a NUTS code: level 0."""
    return code[:2]


def _of_address(address: Row) -> str:
    country = text_of(address, "country").upper()
    if not _COUNTRY(country):
        return ""
    country = AS_NUTS.get(country, country)
    for name in ("region", "state_province"):
        code = text_of(address, name)
        # A code has a digit in it: ITALY is none.
        if _CODE(code) and code.startswith(country) and any(map(str.isdigit, code)):
            return code
    return cities().get((country, fold(text_of(address, "city"))), country)


@cache
def cities() -> Mapping[tuple[str, str], str]:
    """(country, name) → region."""
    listed: dict[str, dict[str, list[str]]] = yaml.load(FILE.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - makes texts only
    return {
        (country, fold(name)): region
        for country, regions in listed.items()
        for region, names in regions.items()
        for name in names
    }
