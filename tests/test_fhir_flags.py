"""FHIR Flags: a need by the profile's codes, and never what they warn of."""

from datetime import date
from typing import Any

import pytest

from hub.adapters.base import Fact, Identifier, Statement
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_codes import Line
from hub.adapters.fhir_profile import FhirProfile
from hub.edge.generalise import generalise
from tests.fhir_made import CANARY, PATIENT, bundle, but, ndjson, refused, said, stated

SYSTEM = "http://hospital.example/flags"
FLAG: dict[str, Any] = {
    "resourceType": "Flag",
    "id": "f1",
    "meta": {"lastUpdated": "2025-07-01T00:00:00Z"},
    "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{CANARY}</div>'},
    "status": "active",
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/flag-category", "code": "safety"}]}],
    "code": {"coding": [{"system": SYSTEM, "code": "safe-contact", "display": CANARY}], "text": CANARY},
    "subject": {"reference": "Patient/p1", "display": CANARY},
    "period": {"start": "2025-03", "end": "2025-06-30"},
    "author": {"reference": "Practitioner/d", "display": CANARY},
}
LINES = {"safe-contact": Line(to="SAFETY", relation="broader"), "interpreter": Line(to="LANGUAGE", relation="exact")}
HOSPITAL = FhirAdapter(FhirProfile(codes={"need": {SYSTEM: LINES}}))
FOUND = Fact(
    "need.statuschanged",
    {"occurred_on": date(2025, 3, 1), "occurred_precision": "M", "need": "SAFETY", "status": "OPEN"},
)


def coded(*codes: str) -> dict[str, Any]:
    """A code element with these codes of the hospital's."""
    return {"coding": [{"system": SYSTEM, "code": code} for code in codes]}


def test_a_flag_states_the_need_that_its_code_means_and_nothing_that_it_says():
    statement = stated(bundle(PATIENT, FLAG), HOSPITAL)
    assert statement == Statement("need", "Flag/f1", Identifier("local", "Patient/p1"), (FOUND,), whole=True)
    leaving = [generalise(fact, "PT") for fact in statement.facts]
    assert leaving
    assert CANARY not in repr((statement, leaving))


@pytest.mark.parametrize(
    ("period", "day"),
    [({"start": "2025-03", "end": "2025-06-30"}, date(2025, 6, 30)), ({"start": "2025-03"}, date(2025, 7, 1))],
)
def test_of_a_lowered_flag_nobody_knows_what_became_of_the_need(period: dict[str, str], day: date):
    ended = {"occurred_on": day, "need": "SAFETY", "before": "OPEN", "status": "U"}
    facts = stated(ndjson(PATIENT, but(FLAG, status="inactive", period=period)), HOSPITAL).facts
    assert facts == (FOUND, Fact("need.statuschanged", ended, "ENDED"))
    assert {generalise(fact, "PT").part for fact in facts} == {"", "ENDED"}


def test_a_flag_entered_in_error_takes_back_what_it_said():
    taken = stated(ndjson(PATIENT, but(FLAG, status="entered-in-error")), HOSPITAL)
    assert (taken.key, taken.facts, taken.whole) == ("Flag/f1", (), True)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"code": coded("big-dog")}, ("unmapped-flag", "Flag.code")),
        ({"code": {"text": CANARY}}, ("unmapped-flag", "Flag.code")),
        ({"code": coded("safe-contact", "interpreter")}, ("codes-disagree", "Flag.code")),
        ({"period": None}, ("missing-date", "Flag.period")),
        ({"period": {"start": "2025-03-02", "end": "2025-03-01"}}, ("impossible-order", "Flag.period")),
        ({"status": CANARY.lower()}, ("unknown-code", "Flag.status")),
        ({"code": None}, ("element-missing", "Flag.code")),
        ({"nickname": CANARY}, ("element-unknown", "Flag")),
        ({"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}, ("modifier-extension", "Flag")),
    ],
)
def test_a_flag_that_does_not_say_one_need_on_a_day_is_refused(changed: dict[str, Any], rule: tuple[str, str]):
    assert refused(ndjson(PATIENT, but(FLAG, **changed)), HOSPITAL) == [rule]
    assert refused(ndjson(PATIENT, FLAG), HOSPITAL) == []


def test_a_flag_about_a_place_is_about_nobody():
    assert [rule for rule, _ in refused(ndjson(but(FLAG, subject={"reference": "Location/1"})), HOSPITAL)] == [
        "not-about-a-person"
    ]


def test_without_a_profile_no_flag_means_anything():
    assert refused(ndjson(PATIENT, FLAG)) == [("unmapped-flag", "Flag.code")]


def test_the_newest_version_of_a_flag_counts_in_any_order():
    newer = but(FLAG, status="inactive", meta={"lastUpdated": "2025-07-02T00:00:00Z"})
    both = [said(ndjson(PATIENT, *order), HOSPITAL) for order in ((FLAG, newer), (newer, FLAG))]
    assert [what for _, what in both[0]] == [what for _, what in both[1]]
    assert len(stated(ndjson(PATIENT, FLAG, newer), HOSPITAL).facts) == 2
