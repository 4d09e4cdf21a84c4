"""The tables of a directory → one record an organisation and one a service, with all that is read of them, and no more.

Names, descriptions, contacts, telephones, addresses and links stay behind here: no record has them.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from hub.adapters.base import Record
from hub.adapters.hsds_codes import SHELTER, kind_of, meaning_of
from hub.adapters.hsds_places import by_uri, of_location
from hub.adapters.hsds_references import broken, by_id, grouped, text_of
from hub.adapters.hsds_tables import Directory, Row

MOST = 500
"""Rows of a kind below one service. Germany has 400 regions of NUTS 3."""
ORGANISATION = ("id", "parent_organization_id")
SERVICE = ("id", "organization_id", "status", "minimum_age", "maximum_age", "assured_date")
SCHEDULE = (
    "freq", "interval", "byday", "opens_at", "closes_at", "until", "count", "valid_to", "byweekno", "bymonthday",
    "byyearday",
)  # fmt: skip
CAPACITY = ("maximum", "updated")
Rows = Mapping[str, list[Row]]
NO_TERM: Row = {"code": "", "name": "", "taxonomy": "", "uri": ""}


class Broken(NamedTuple):
    """A row whose references lead nowhere: the fields, by their table, and the row."""

    fields: list[str]
    row: Row


class _Whole(NamedTuple):
    """What the rows that stand say, by what they hang on."""

    terms: Rows
    links: Rows
    areas: Rows
    languages: Rows
    costs: Rows
    schedules: Rows
    capacities: Rows
    units: Mapping[str, Row]
    places: Mapping[str, Row]
    kinds: Mapping[str, str]
    unclear: frozenset[str]
    """Organisations with a term that nobody has looked at: they could be shelters."""


def records_of(directory: Directory) -> Iterator[Record]:
    """Rows that cannot be read or refer to nothing, then organisations, then services: each in the file's order."""
    yield from (Record(position, wrong) for position, wrong in directory.damaged)
    lost = set()
    for table, place, fields in broken(directory):
        lost.add(id(place.row))
        yield Record(place.position, Broken([f"{table}.{field}" for field in fields], place.row))
    package = directory.package and not lost and not directory.damaged
    tables = {
        table: [place for place in places if id(place.row) not in lost] for table, places in directory.tables.items()
    }
    standing = Directory(tables, [])
    whole = _whole(standing, _terms(directory, standing))
    for position, row in _merged(standing, "organizations", ORGANISATION):
        yield Record(position, {"entity": "organisation", **row, "kind": whole.kinds.get(text_of(row, "id"), "NR")})
    for position, row in _merged(standing, "services", SERVICE):
        yield Record(position, {"entity": "service", **row, "package": package, **_below(row, whole)})


def _merged(directory: Directory, table: str, fields: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """The rows of a table, one an identifier: a page says the same organisation beside each of its services.

    `contradicted` names the fields that two of them fill differently. A row without an identifier stands alone.
    """
    found: dict[str, tuple[str, Row]] = {}
    for position, row in directory.tables.get(table, ()):
        said = {name: row[name] for name in fields if name in row}
        own = text_of(row, "id")
        before = found.setdefault(own or position, (position, {}))[1]
        different = [name for name in said if name in before and before[name] != said[name]]
        before.update(said)
        if different:
            before["contradicted"] = sorted({*before.get("contradicted", ()), *different})
    yield from found.values()


def _below(service: Row, whole: _Whole) -> Row:
    """What hangs on a service. Of each list as many rows as may be, and one more to show that there are too many."""
    own = text_of(service, "id")
    links = whole.links.get(own, [])
    terms = [term for at in (own, *(text_of(link, "id") for link in links)) for term in whole.terms.get(at, ())]
    terms += [NO_TERM] * (text_of(service, "organization_id") in whole.unclear)
    there = [row for link in links for row in whole.schedules.get(text_of(link, "id"), ())]
    return {
        "organisation_kind": whole.kinds.get(text_of(service, "organization_id"), "NR"),
        "terms": terms[: MOST + 1],
        "places": _few(whole.places[at] for link in links if (at := text_of(link, "location_id")) in whole.places),
        "areas": _few({"nuts": by_uri(text_of(row, "uri"))} for row in whole.areas.get(own, ())),
        "languages": _few(text_of(row, "code") for row in whole.languages.get(own, ())),
        "costs": _few(row.get("amount") for row in whole.costs.get(own, ())),
        "schedules": _few(
            {name: row[name] for name in SCHEDULE if name in row} for row in whole.schedules.get(own, there)
        ),
        "capacities": _few(_capacity(row, whole) for row in whole.capacities.get(own, ())),
    }


def _few(rows: Iterable[Any]) -> list[Any]:
    return list(islice(rows, MOST + 1))


def _capacity(row: Row, whole: _Whole) -> Row:
    unit = text_of(whole.units.get(text_of(row, "unit_id"), {}), "name")
    return {"unit": unit, **{name: row[name] for name in CAPACITY if name in row}}


def _whole(directory: Directory, terms: Rows) -> _Whole:
    links = grouped(directory, "service_at_location", "service_id")
    languages = grouped(directory, "languages", "service_id", "location_id")
    addresses = grouped(directory, "addresses", "location_id")
    services = by_id(directory, "services")
    sheltering = {own for own, each in terms.items() if any(map(_of_shelter, each))}
    linked = [link for each in links.values() for link in each]
    shelters = sheltering | {text_of(link, "service_id") for link in linked if text_of(link, "id") in sheltering}
    kinds = {own: kind_of(terms.get(own, ())) for own in by_id(directory, "organizations")}
    shelters |= {own for own, row in services.items() if kinds.get(text_of(row, "organization_id")) == SHELTER}
    housed = sheltering | {text_of(link, "location_id") for own in shelters for link in links.get(own, ())}
    places: dict[str, Row] = {
        own: {
            "nuts": of_location(
                location, addresses.get(own, ()), [text_of(term, "uri") for term in terms.get(own, ())]
            ),
            "shelter": "Y" if own in housed else "N",
            "languages": _few(dict.fromkeys(text_of(row, "code") for row in languages.get(own, ()))),
        }
        for own, location in by_id(directory, "locations").items()
    }
    return _Whole(
        terms, links, grouped(directory, "service_areas", "service_id"), languages,
        grouped(directory, "cost_options", "service_id"),
        grouped(directory, "schedules", "service_id", "service_at_location_id"),
        grouped(directory, "service_capacity", "service_id"), by_id(directory, "units"), places, kinds,
        frozenset(own for own in kinds if any(map(_unknown, terms.get(own, ())))),
    )  # fmt: skip


def _terms(directory: Directory, standing: Directory) -> Rows:
    """The terms that `attributes` tie to a thing, by its identifier.

    One that is lost is an empty term, which nobody knows: it could have said that the service is a shelter. An
    attribute that cannot be read could be anybody's.
    """
    known, taxonomies = by_id(standing, "taxonomy_terms"), by_id(standing, "taxonomies")
    unread = any("attributes" in position for position, _ in directory.damaged)
    found: dict[str, list[Row]] = {own: [NO_TERM] for own in by_id(directory, "services") if unread}
    for _, row in directory.tables.get("attributes", ()):
        term = known.get(text_of(row, "taxonomy_term_id"), {})
        above = taxonomies.get(text_of(term, "taxonomy_id"), {})
        said = {
            "code": text_of(term, "code"),
            "name": text_of(term, "name"),
            "taxonomy": text_of(above, "name") or text_of(term, "taxonomy"),
            "uri": text_of(term, "term_uri"),
        }
        names = ("link_id", "service_id", "organization_id", "location_id", "service_at_location_id")
        for tied in {text_of(row, name) for name in names} - {""}:
            found.setdefault(tied, []).append(said)
    return found


def _of_shelter(term: Row) -> bool:
    meaning = meaning_of(term)
    return meaning is not None and SHELTER in meaning.services


def _unknown(term: Row) -> bool:
    return meaning_of(term) is None and meaning_of(term, of_organisation=True) is None
