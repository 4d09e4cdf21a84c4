"""A service directory → what it says of organisations and services, and no place of what could be a shelter."""

import io
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Fact, Problem, Rejected, Statement
from hub.adapters.hsds import adapter
from hub.adapters.hsds_hours import hours_of
from hub.adapters.hsds_identifiers import public_code
from hub.adapters.hsds_places import FILE, common
from hub.adapters.spelling import fold
from hub.edge.generalise import generalise
from hub.events.facts import join
from tests.damaged import damaged, outcome
from tests.delivered import left
from tests.hsds_made import CANARY, NUTS, Entity, page, place, service, term, zipped
from tests.test_generator_published import NUTS2


def stated(*services: Entity) -> list[Statement]:
    found, refused = outcome(adapter, page(*services))
    assert refused == []
    return found


def said(entity: Entity, event: str = "service.listed") -> Any:
    """The one fact of an event that a service states; all of them where there are several."""
    facts = [dict(fact.data) for each in stated(entity) for fact in each.facts if fact.event == event]
    return facts[0] if len(facts) == 1 else facts


def reached(*services: Entity, own: str = "s1") -> set[tuple[str, str]]:
    """How and where a service is given."""
    facts = [fact.data for each in stated(*services) for fact in each.facts if fact.event == "service.regionlisted"]
    return {(fact["reach"], fact["district"]) for fact in facts if fact["service_id"] == public_code(own)}


def refused(data: bytes) -> set[tuple[str, str]]:
    _, rejected = outcome(adapter, data)
    return {tuple(problem) for each in rejected for problem in each.problems}


AREA = {"service_areas": [{"id": "x1", "uri": f"{NUTS}PT1B0"}, {"id": "x2", "uri": "http://example.com"}]}


def test_a_service_is_told_by_codes_alone() -> None:
    entity = service(
        "s1", "LEGAL_ADVICE", "SPECIALIST_GBV", "WOMEN", minimum_age=18, maximum_age="65", assured_date="2025-06-30",
        languages=[{"id": "l1", "code": "pt-PT"}, {"id": "l2", "code": "ENG"}, {"id": "l3", "name": CANARY}],
        cost_options=[{"id": "k1", "amount": 0}], service_at_locations=[place("l1", "PT1A0")], **AREA,
    )  # fmt: skip
    assert said(entity) | {"assured_on": None} == {
        "service_id": public_code("s1"), "organisation": public_code("o1"), "organisation_kind": "NR",
        "tier": "SPECIALIST_GBV", "services": ("LEGAL_ADVICE",), "region": "PT1", "languages": ("en", "pt"),
        "admits": ("WOMEN", "FREE"), "minimum_age": 18, "maximum_age": 65, "status": "ACTIVE", "assured_on": None,
    }  # fmt: skip
    assert said(entity)["assured_on"].isoformat() == "2025-06-30"
    assert reached(entity) == {("ON_SITE", "PT1A0"), ("AREA", "PT1B0")}
    assert said(entity, "organisation.listed") == {"organisation": public_code("o1"), "organisation_kind": "NR"}


SHELTER = service("s1", "SHELTER", "SPECIALIST_GBV", service_at_locations=[place("l1", "PT1A0")], **AREA)


@pytest.mark.parametrize(
    "entity",
    [
        SHELTER,
        service("s1", "LEGAL_ADVICE", "SHELTER", service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", "LEGAL_ADVICE", "CASA", service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", attributes=[term("LEGAL_ADVICE", "Ours")], service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", attributes=[term("1", "Open Eligibility", "Safe Housing")],
                service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", attributes=[term("BH-1800.1500-100", "AIRS")],
                service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", "LEGAL_ADVICE", organization={"id": "o1", "attributes": [term("SHELTER")]},
                service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", "LEGAL_ADVICE", organization={"id": "o1", "attributes": [term("X", "Ours")]},
                service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", "LEGAL_ADVICE", attributes=[term("LEGAL_ADVICE"), CANARY],
                service_at_locations=[place("l1", "PT1A0")], **AREA),
        service("s1", "LEGAL_ADVICE", service_at_locations=[place("l1", "PT1A0") | {"attributes": [term("SHELTER")]}],
                **AREA),
    ],
    ids=["shelter", "shelter and more", "no term", "a term of ours that we do not have", "another taxonomy",
         "in the words of another", "by its code alone", "of a shelter", "of an unknown organisation", "a torn term",
         "said of the place"],
)  # fmt: skip
def test_of_what_could_be_a_shelter_no_region_is_told(entity: Entity) -> None:
    facts = [fact for each in outcome(adapter, page(entity))[0] for fact in each.facts]
    assert any(fact.event == "service.listed" and fact.data["region"] == "PT" for fact in facts)
    assert {fact.part for fact in facts if fact.event == "service.regionlisted"} == {"ON_SITE.PT"}
    assert "PT1" not in repr(facts)
    assert ("ON_SITE", "PT1A0") in reached(service("s1", "LEGAL_ADVICE", service_at_locations=[place("l1", "PT1A0")]))


def in_city(city: str, country: str = "PT") -> Entity:
    made = place("l1")
    made["location"]["addresses"][0] |= {"city": city, "country": country}
    return made


@pytest.mark.parametrize(
    ("city", "country", "region"),
    [
        ("Porto", "PT", "PT11"), ("LISBOA", "PT", "PT1A"), ("lisbon", "pt", "PT1A"), ("Porto", "IT", "IT"),
        ("Vila Pouca", "PT", "PT"), ("", "PT", "PT"), ("Brussel", "BE", "BE10"), ("София", "BG", "BG41"),
        ("'s-Gravenhage", "NL", "NL36"), ("Porto", "", ""),
    ],
)  # fmt: skip
def test_a_large_city_tells_its_region_and_any_other_place_its_country(city: str, country: str, region: str) -> None:
    there = service("s1", "LEGAL_ADVICE", service_at_locations=[in_city(city, country)])
    assert reached(there) == ({("ON_SITE", region)} if region else set())


def test_a_city_tells_nothing_of_a_shelter_but_its_country() -> None:
    assert reached(service("s1", "SHELTER", service_at_locations=[in_city("Porto")])) == {("ON_SITE", "PT")}


def test_no_city_means_two_regions_and_each_region_is_its_countrys() -> None:
    listed = yaml.safe_load(FILE.read_text("utf-8"))
    for country, regions in listed.items():
        names = [fold(name) for names in regions.values() for name in names]
        assert len(names) == len({*names})
        assert all(region[:2] == country and len(region) == 4 for region in regions)
        assert {*regions} <= NUTS2.get(country, {*regions})


def test_who_shares_a_place_with_a_shelter_tells_no_region_of_it() -> None:
    legal = service("s1", "LEGAL_ADVICE", service_at_locations=[place("l1", "PT1A0"), place("l2", "PT11A")])
    shelter = service("s2", "SHELTER", service_at_locations=[place("l1", "PT1A0")])
    assert reached(legal) == {("ON_SITE", "PT1A0"), ("ON_SITE", "PT11A")}
    assert reached(legal, shelter) == {("ON_SITE", "PT"), ("ON_SITE", "PT11A")}


def test_the_edge_tells_only_the_country_of_a_shelter_whatever_an_adapter_says() -> None:
    def left_of(**kinds: Any) -> str:
        data = {"service_id": "s1", "reach": "ON_SITE", "district": "PT1A0", **kinds}
        return str(json.loads(join(generalise(Fact("service.regionlisted", data), "PT").values))["district"])

    assert left_of(services=("LEGAL_ADVICE",)) == "PT1A0"
    assert left_of(services=("LEGAL_ADVICE", "SHELTER")) == left_of(organisation_kind="SHELTER") == "PT"


CAPACITY = {"unit": {"id": "u1", "name": "Beds"}, "updated": "2025-09-14T08:00:00Z", "available": 3}


def test_places_of_a_shelter_are_told_by_month_and_never_how_many_are_free() -> None:
    places = [CAPACITY | {"id": "c1", "maximum": 12}, CAPACITY | {"id": "c2", "maximum": "4"}]
    assert said(SHELTER | {"capacities": places}, "shelter.capacityreported") == {
        "period": "2025-09", "sites": "1", "places_unit": "BED", "places": 16, "admits": (), "region": "PT",
    }  # fmt: skip
    for nothing in (
        SHELTER | {"capacities": [*places, CAPACITY | {"id": "c3"}]},
        SHELTER | {"capacities": [places[0] | {"unit": {"id": "u1", "name": CANARY}}]},
        service("s1", "LEGAL_ADVICE", capacities=places, service_at_locations=[place("l1")]),
    ):
        assert said(nothing, "shelter.capacityreported") == []


WEEKLY = {"freq": "WEEKLY", "opens_at": "09:30", "closes_at": "17:00:00Z", "byday": "MO,WE"}


@pytest.mark.parametrize(
    ("schedules", "expected"),
    [
        ([WEEKLY], ("MO WE", 15, "N")),
        ([WEEKLY, WEEKLY | {"opens_at": "16:00", "closes_at": "18:00"}], ("MO WE", 17, "N")),
        ([WEEKLY | {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}],
         ("MO TU WE TH FR SA SU", 168, "Y")),
        ([WEEKLY | {"byday": "SU", "opens_at": "22:00", "closes_at": "06:00+01:00"}], ("SU", 8, "N")),
        ([WEEKLY | {"byday": "FR", "opens_at": "08:00", "closes_at": "08:00"}], ("FR", 24, "N")),
        ([WEEKLY | {"until": "2025-12-31"}], None),
        ([WEEKLY | {"interval": 2}], None),
        ([WEEKLY | {"freq": "MONTHLY", "byday": "2MO"}], None),
        ([WEEKLY | {"byday": CANARY}], None),
        ([WEEKLY | {"opens_at": "25:00"}], None),
        ([{}], None),
    ],
)  # fmt: skip
def test_hours_are_those_of_any_week(schedules: list[Entity], expected: tuple[str, int, str] | None) -> None:
    found = hours_of(schedules)
    assert expected == (found and (" ".join(found["weekdays"]), found["weekly_hours"], found["round_the_clock"]))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": ""}, ("missing-key", "id")),
        ({"status": CANARY}, ("unknown-code", "status")),
        ({"minimum_age": "twelve"}, ("not-an-integer", "minimum_age")),
        ({"maximum_age": 1e300}, ("out-of-range", "maximum_age")),
        ({"minimum_age": True}, ("out-of-range", "minimum_age")),
        ({"assured_date": "30.06.2025"}, ("not-a-date", "assured_date")),
        ({"languages": [{"id": "l1", "code": CANARY}]}, ("unknown-code", "languages.code")),
        ({"cost_options": [{"id": "k1", "amount": CANARY}]}, ("not-a-number", "cost_options.amount")),
        ({"service_areas": [{"id": f"x{n}"} for n in range(501)]}, ("out-of-range", "areas")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_named_by_rule_and_field(change: Entity, place: tuple[str, str]) -> None:
    assert place in refused(page(service("s1", "SHELTER") | change))


def test_two_rows_of_one_identifier_that_say_otherwise_are_refused() -> None:
    twice = [service("s1", "PSYCH"), service("s1", "PSYCH", status="inactive")]
    assert refused(page(*twice)) == {("contradicts-row", "status")}
    assert len(stated(twice[0], twice[0])) == 2


def test_a_page_may_leave_out_what_a_package_says_whole() -> None:
    tables = {"organizations.csv": b"id,name\no1,x\n", "services.csv": b"id,organization_id,status\ns1,o1,active\n"}
    assert [each.whole for each in stated(service())] == [False, False]
    assert [each.whole for each in outcome(adapter, zipped(tables))[0]] == [False, True]
    broken = tables | {"phones.csv": b"id,service_id\np1,s9\n"}
    assert [each.whole for each in outcome(adapter, zipped(broken))[0]] == [False, False], "a row of it is missing"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'<?xml version="1.0"?><Source xmlns="http://airs.org/AIRS_3_0">', ("unknown-version", "AIRS XML")),
        (page(service(physical_addresses=[])), ("unknown-version", "HSDS 1 or 2")),
        (page(service(service_taxonomys=[])), ("unknown-version", "HSDS 1 or 2")),
        (b'{"service_taxonomy.csv": []}', ("unknown-version", "service_taxonomy.csv")),
        (zipped({"datapackage.json": b'{"version": "1.1"}'}), ("unknown-version", "datapackage.json")),
        (b"id,name\ns1,x\n", ("not-a-package", "file")),
        (b"<html></html>", ("not-a-package", "file")),
        (b'{"id": "t1", "term_uri": "x"}', ("not-a-directory", "file")),
        (zipped({"organizations.csv": b"id\n"}), ("not-a-directory", "file")),
    ],
)
def test_another_version_and_another_file_are_named_and_refused(data: bytes, expected: tuple[str, str]) -> None:
    with pytest.raises(Rejected) as rejected:
        list(adapter.read(io.BytesIO(data)))
    assert rejected.value.problems == (Problem(*expected),)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(["PT1A0"], "PT1A0"), (["PT1A0", "PT1B0"], "PT1"), (["PT11A", "PT"], "PT"), (["PT170", "ES111"], ""), ([], "")],
)
def test_a_region_that_holds_several(codes: list[str], expected: str) -> None:
    assert common(codes) == expected


def test_an_identifier_of_words_becomes_one_that_says_nothing() -> None:
    own = "ac148810-d857-441c-9679-408f346de14b"
    assert public_code(own) == public_code(own.upper()) == own
    assert "casa" not in public_code("casa-de-abrigo-vila-real")
    assert public_code("casa-de-abrigo-vila-real") == public_code("casa-de-abrigo-vila-real") != public_code("casa")


def test_nothing_of_a_person_leaves_and_what_leaves_is_there() -> None:
    entity = service("s1", "LEGAL_ADVICE", service_at_locations=[place("l1", "PT1A0")])
    delivered = left(adapter, page(entity, entity | {"id": "s2", "status": CANARY}))
    told = repr(delivered.rows) + repr(delivered.closing)
    assert [text for text in (CANARY, "38.12", "35191") if text in told] == []
    assert "PT1A0" in told
    assert list(delivered.refused) == ["item 2"]


@settings(max_examples=60)
@given(st.data())
def test_any_damage_is_a_statement_or_a_rejection_that_quotes_nothing(data: st.DataObject) -> None:
    whole = page(SHELTER | {"capacities": [CAPACITY | {"id": "c1", "maximum": 12}], "schedules": [WEEKLY]})
    _, rejected = outcome(adapter, damaged(whole, data, [b'"', b"{", b"[", b"null", b"1e999", b"\\ud800"]))
    assert CANARY not in repr(rejected)
