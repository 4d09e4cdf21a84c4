"""A service of a directory → what the directory says of it. Of what could be a shelter no place but the country.

A service is told by its country alone when a term of it speaks of shelter, when its organisation is a shelter, when it
has no term at all, or one that nobody has looked at. A place in which a shelter is tells no other service's region.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from hub.adapters.base import Fact
from hub.adapters.fields import Problems
from hub.adapters.hsds_codes import SHELTER, Meaning, codes, language_of, meaning_of, tier_of
from hub.adapters.hsds_gather import MOST
from hub.adapters.hsds_hours import hours_of
from hub.adapters.hsds_identifiers import public_code
from hub.adapters.hsds_places import by_uri, common, country_of
from hub.adapters.hsds_references import text_of
from hub.adapters.plain_values import parse_number
from hub.adapters.primero_values import day_of
from hub.adapters.spelling import fold
from hub.events.codes import Admission, OrganisationKind, Service

STATUS = {"active": "ACTIVE", "inactive": "INACTIVE", "defunct": "DEFUNCT", "temporarilyclosed": "TEMPORARILY_CLOSED"}
OLDEST, MOST_PLACES, MOST_LANGUAGES = 120, 100_000, 50
Data = Mapping[str, Any]


def service_facts(data: Data, problems: Problems) -> tuple[Fact, ...]:
    """Everything that is stated of a service. Adds to `problems` what is wrong, by HSDS's names of fields."""
    terms = [term for term in _rows(data, "terms", problems) if not by_uri(text_of(term, "uri"))]
    read = [meaning_of(term) for term in terms]
    meanings = [meaning for meaning in read if meaning]
    own = public_code(text_of(data, "id"))
    kind = _of(data, "organisation_kind", get_args(OrganisationKind), problems) or "NR"
    kinds = {
        "organisation_kind": kind,
        "services": tuple(code for code in get_args(Service) if any(code in each.services for each in meanings)),
    }
    hidden = not meanings or None in read or SHELTER in (kind, *kinds["services"])
    reached = sorted(set(_reached(data, hidden, problems)))
    admits = _admits(data, meanings, problems)
    districts = [district for _, district in reached]
    stated = {
        "service_id": own,
        **kinds,
        "tier": tier_of(meanings),
        "languages": _languages(data, problems),
        "admits": admits,
        "status": _status(data, problems),
        "minimum_age": _age(data, "minimum_age", problems),
        "maximum_age": _age(data, "maximum_age", problems),
        "assured_on": day_of(data, "assured_date", problems),
        "organisation": public_code(organisation) if (organisation := text_of(data, "organization_id")) else None,
        "region": common(districts) or None,
    }
    facts = [Fact("service.listed", {name: value for name, value in stated.items() if value is not None})]
    for reach, district in reached:
        # The part names the region too: it is as coarse as the fact, before the edge looks at either.
        fact = {"service_id": own, "reach": reach, "district": district, **kinds}
        facts.append(Fact("service.regionlisted", fact, f"{reach}.{district}"))
    if hours := hours_of(_rows(data, "schedules", problems)):
        facts.append(Fact("service.hourslisted", {"service_id": own, **hours}))
    if SHELTER in kinds["services"]:
        facts += _houses(data, admits, [country_of(district) for district in districts], problems)
    return tuple(facts)


def _reached(data: Data, hidden: bool, problems: Problems) -> Iterator[tuple[str, str]]:
    """Where the service is given, and for whom: NUTS codes, or only countries where nothing finer may be told."""
    for place in _rows(data, "places", problems):
        if code := common([text_of(place, "nuts")]):
            yield "ON_SITE", country_of(code) if hidden or text_of(place, "shelter") != "N" else code
    uris = [text_of(term, "uri") for term in _rows(data, "terms", problems)]
    areas = [text_of(area, "nuts") for area in _rows(data, "areas", problems)]
    for code in (*filter(None, map(by_uri, uris)), *filter(None, map(_nuts, areas))):
        # An area is not widened to its country: the service would seem to be for everybody in it.
        if not hidden or code == country_of(code):
            yield "AREA", code


def _nuts(text: str) -> str:
    return by_uri(f"http://data.europa.eu/nuts/code/{text}")


def _admits(data: Data, meanings: Iterable[Meaning], problems: Problems) -> tuple[str, ...]:
    """For whom it is. Free of charge, if the directory has amounts, and each of them is nothing."""
    said = {code for meaning in meanings for code in meaning.admits}
    amounts = [amount for each in _list(data, "costs", problems) if (amount := _amount(each, problems)) is not None]
    if amounts and not any(amounts):
        said.add("FREE")
    return tuple(code for code in get_args(Admission) if code in said)


def _amount(value: object, problems: Problems) -> float | None:
    if value is None:
        return None
    try:
        return parse_number(str(value)[:40])
    except ValueError:
        problems.append(("not-a-number", "cost_options.amount"))
        return None


def _languages(data: Data, problems: Problems) -> tuple[str, ...]:
    """Of the service, and of the places in which it is given. Of interpreters HSDS has a free text alone."""
    places = [code for place in _rows(data, "places", problems) for code in _list(place, "languages", problems)]
    found = set()
    for text in (*_list(data, "languages", problems), *places):
        if text in (None, ""):
            continue  # by its name alone, or that of a place
        language = language_of(text) if isinstance(text, str) else None
        if language is None:
            problems.append(("unknown-code", "languages.code"))
        else:
            found.add(language)
    if len(found) > MOST_LANGUAGES:
        problems.append(("out-of-range", "languages"))
    return tuple(sorted(found))


def _status(data: Data, problems: Problems) -> str:
    text = text_of(data, "status")
    if not text and data.get("status") is None:
        return "NR"
    if (code := STATUS.get(fold(text))) is None:
        problems.append(("unknown-code", "status"))
    return code or "NR"


def _age(data: Data, name: str, problems: Problems) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    try:
        number = parse_number(str(value)[:40]) if not isinstance(value, bool) else -1
    except ValueError:
        problems.append(("not-an-integer", name))
        return None
    if not 0 <= number <= OLDEST:
        problems.append(("out-of-range", name))
        return None
    return int(number)


def _houses(data: Data, admits: tuple[str, ...], countries: list[str], problems: Problems) -> Iterator[Fact]:
    """Places of a shelter, by month and unit. How many are free is not stated: it says that somebody came or went."""
    most: defaultdict[tuple[str, str], list[int | None]] = defaultdict(list)
    for row in _rows(data, "capacities", problems):
        unit, day = codes().units.get(fold(text_of(row, "unit"))), day_of(row, "updated", problems)
        if unit and day:
            most[f"{day:%Y-%m}", unit].append(_places(row, problems))
    houses = len(_list(data, "places", problems))
    for (period, unit), counts in sorted(most.items()):
        counted = [count for count in counts if count is not None]
        if len(counted) == len(counts) and houses:
            fact = {
                "period": period, "sites": str(houses) if houses < 3 else "3+", "places_unit": unit,
                "places": sum(counted), "admits": admits, "region": common(countries) or None,
            }  # fmt: skip
            yield Fact("shelter.capacityreported", fact, f"{period}.{unit}")


def _places(row: Data, problems: Problems) -> int | None:
    value = row.get("maximum")
    if value is None:
        return None
    try:
        number = parse_number(str(value)[:40])
    except ValueError:
        problems.append(("not-a-number", "service_capacity.maximum"))
        return None
    if not 0 <= number <= MOST_PLACES:
        problems.append(("out-of-range", "service_capacity.maximum"))
        return None
    return int(number)


def _of(data: Data, name: str, listed: tuple[str, ...], problems: Problems) -> str:
    value = data.get(name)
    if isinstance(value, str) and value in listed:
        return value
    if value is not None:
        problems.append(("unknown-code", name))
    return ""


def _list(data: Data, name: str, problems: Problems) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, list):
        problems.append(("not-a-list", name))
        return []
    if len(value) > MOST:
        problems.append(("out-of-range", name))
    return value[:MOST]


def _rows(data: Data, name: str, problems: Problems) -> list[dict[str, Any]]:
    listed = _list(data, name, problems)
    found = [row for row in listed if isinstance(row, dict)]
    if len(found) < len(listed):
        problems.append(("not-a-mapping", name))
    return found
