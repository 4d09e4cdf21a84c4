"""FHIR: what each kind of resource states, of whom, and in any release or form."""

import json
import random
from datetime import date
from typing import Any

import pytest

from hub.adapters.base import Fact, Identifier, Statement
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_codes import OWN
from hub.adapters.fhir_profile import FhirProfile, load_profile
from hub.adapters.yaml_tree import first_key
from hub.edge.generalise import generalise
from hub.errors import Stop
from tests.fhir_made import (
    CANARY,
    CONSENT,
    ENCOUNTER,
    EPISODE,
    GOOD,
    PATIENT,
    REQUEST,
    RISK,
    TASK,
    bundle,
    but,
    ndjson,
    refused,
    said,
    stated,
)

SHE = {"sex": "F", "birth_on": date(1990, 5, 17)}
DAY = date(2025, 3, 1)
SENT = Fact("referral.sent", {
    "occurred_on": DAY, "direction": "OUT", "source": "NR", "mode": "NR", "from_tier": "NR",
    "to_tier": "SPECIALIST_GBV", "priority": "URGENT", **SHE,
})  # fmt: skip


def test_a_referral_is_a_request_and_the_tasks_about_it():
    assert stated(bundle(PATIENT, TASK, REQUEST)) == Statement(
        "referral",
        "ServiceRequest/r1",
        Identifier("local", "Patient/p1"),
        (SENT, Fact("referral.accepted", {"occurred_on": date(2025, 3, 3)})),
    )


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("received", "referral.received"),
        ("rejected", "referral.declined"),
        ("cancelled", "referral.cancelled"),
        ("completed", "referral.completed"),
        ("failed", "referral.failed"),
        ("requested", None),
        ("in-progress", None),
        ("draft", None),
    ],
)
def test_the_status_of_a_task_is_an_event_or_says_nothing_more(status: str, event: str | None):
    events = [fact.event for fact in stated(ndjson(PATIENT, REQUEST, but(TASK, status=status))).facts]
    assert events == ["referral.sent", *([event] if event else [])]


@pytest.mark.parametrize(
    ("code", "event"),
    [("5.1.1", "scheduled"), ("5.1.2", "noshow"), ("5.1.4", "engaged"), ("6.0", "cancelled"), ("7.0", "completed")],
)
def test_a_business_status_of_bser_says_more(code: str, event: str):
    system = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
    task = but(TASK, status="in-progress", businessStatus={"coding": [{"system": system, "code": code}]})
    assert stated(ndjson(PATIENT, REQUEST, task)).facts[1:] == (
        Fact(f"referral.{event}", {"occurred_on": date(2025, 3, 3)}),
    )


def test_a_reason_for_declining_leaves_as_a_code_and_never_as_words():
    reason = {"coding": [{"system": f"{OWN}decline-reason", "code": "LANGUAGE"}], "text": CANARY}
    fact = stated(ndjson(PATIENT, REQUEST, but(TASK, status="rejected", statusReason=reason))).facts[1]
    assert fact.data == {"occurred_on": date(2025, 3, 3), "declined_by": "SERVICE", "reason": "LANGUAGE"}


def test_request_update_and_revocation_are_one_history_in_any_order():
    versions = [
        but(
            TASK,
            status=status,
            lastModified=f"2025-03-0{day}T00:00:00Z",
            meta={"lastUpdated": f"2025-03-0{day}T00:00:00Z"},
        )
        for day, status in enumerate(("requested", "accepted", "in-progress", "cancelled"), 2)
    ]
    resources = [PATIENT, REQUEST, *versions]
    whole = stated(ndjson(*resources))
    assert [(f.event, f.data["occurred_on"].day) for f in whole.facts] == [
        ("referral.sent", 1), ("referral.accepted", 3), ("referral.cancelled", 5),
    ]  # fmt: skip
    for seed in range(8):
        random.Random(seed).shuffle(resources)
        assert stated(ndjson(*resources)) == whole
    assert stated(bundle(*(bundle(each) for each in resources))) == whole


def test_a_revoked_request_is_a_cancelled_referral():
    events = {f.event: f.data["occurred_on"] for f in stated(ndjson(PATIENT, but(REQUEST, status="revoked"))).facts}
    assert events == {"referral.sent": DAY, "referral.cancelled": DAY}


@pytest.mark.parametrize("resource", GOOD, ids=lambda r: r["resourceType"])
def test_what_was_entered_in_error_is_taken_back_whole(resource: dict[str, Any]):
    assert stated(ndjson(PATIENT, resource)).facts
    wrong = but(resource, status="entered-in-error", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    for data in (ndjson(PATIENT, wrong), ndjson(PATIENT, wrong, resource)):
        statement = stated(data)
        assert (statement.facts, statement.whole) == ((), True)


def test_a_task_in_error_takes_back_what_it_said_and_nothing_else():
    wrong = but(TASK, status="entered-in-error", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    statement = stated(ndjson(PATIENT, REQUEST, TASK, wrong, but(TASK, id="t2", status="rejected")))
    assert ([fact.event for fact in statement.facts], statement.whole) == (["referral.sent", "referral.declined"], True)


def test_a_deleted_resource_is_taken_back():
    entry = {"request": {"method": "DELETE", "url": "Encounter/e1"}}
    assert stated({"resourceType": "Bundle", "type": "transaction", "entry": [entry]}) == Statement(
        "contact", "Encounter/e1", None, (), whole=True
    )


def test_a_contact_a_case_and_a_consent_state_their_events():
    assert stated(bundle(PATIENT, ENCOUNTER)).facts == (
        Fact("contact.held", {"occurred_on": date(2025, 4, 2), "channel": "HOME", "duration_minutes": 50, **SHE}),
    )
    assert stated(bundle(PATIENT, EPISODE)).facts == (
        Fact("case.opened", {"occurred_on": date(2025, 1, 1), "occurred_precision": "M", "entry_source": "NR", **SHE}),
        Fact("case.reopened", {"occurred_on": DAY}),
        Fact("case.closed", {"occurred_on": date(2025, 6, 30)}),
    )
    on = {"occurred_on": date(2025, 2, 1), "occurred_precision": "M", "purpose": "SERVICE", "given_by": "SELF"}
    recorded = Fact("consent.recorded", {**on, "answer": "GRANTED"}, "SERVICE")
    assert stated(bundle(PATIENT, CONSENT)).facts == (recorded,)
    withdrawn = {"occurred_on": date(2025, 5, 1), "purpose": "SERVICE", "given_by": "SELF"}
    assert stated(bundle(PATIENT, but(CONSENT, status="inactive"))).facts == (
        recorded,
        Fact("consent.withdrawn", withdrawn, "SERVICE"),
    )


def test_a_risk_assessment_states_kind_instrument_and_level_alone():
    assert stated(bundle(PATIENT, RISK)).facts == (
        Fact("assessment.completed", {
            "occurred_on": date(2025, 2, 3), "kind": "RISK", "instrument": "DASH", "result_level": "HIGH", **SHE,
        }),
    )  # fmt: skip


def test_r5_states_what_r4_states():
    r5 = but(
        ENCOUNTER, status="completed", class_=[{"coding": [ENCOUNTER["class"]]}], period=None,
        actualPeriod=ENCOUNTER["period"],
    )  # fmt: skip
    assert stated(bundle(PATIENT, r5)) == stated(bundle(PATIENT, ENCOUNTER))
    concept = REQUEST["category"][0]
    both = [but(REQUEST, category=None, code=code) for code in (concept, {"concept": concept})]
    assert stated(bundle(PATIENT, both[1])) == stated(bundle(PATIENT, both[0])) == stated(bundle(PATIENT, REQUEST))


def test_xml_states_what_json_states():
    xml = b"""<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
    <entry><resource><Patient><id value="p1"/><text><status value="generated"/>
      <div xmlns="http://www.w3.org/1999/xhtml"><p>Canaryvoinen</p></div></text>
      <gender value="female"/><birthDate value="1990-05-17"/></Patient></resource></entry>
    <entry><resource><Encounter><id value="e1"/><status value="finished"/>
      <class><system value="http://terminology.hl7.org/CodeSystem/v3-ActCode"/><code value="HH"/></class>
      <subject><reference value="Patient/p1"/></subject>
      <period><start value="2025-04-02T10:00:00Z"/><end value="2025-04-02T10:50:00Z"/></period>
    </Encounter></resource></entry></Bundle>"""
    assert stated(xml) == stated(bundle(PATIENT, ENCOUNTER))


def test_places_are_named_wherever_a_resource_stands():
    assert [place for place, _ in said(ndjson(ENCOUNTER, {"resourceType": "Flag", "id": "f"}))] == ["line 1", "line 2"]
    nested = bundle(but(ENCOUNTER, id="e0"), bundle(PATIENT, ENCOUNTER))
    assert [place for place, _ in said(nested)] == ["entry 1 of bundle 1", "entry 2 of entry 2 of bundle 1"]
    assert [place for place, _ in said(json.dumps(ENCOUNTER, indent=1).encode())] == ["resource 1"]


def test_persons_are_named_by_the_scheme_that_the_profile_says_or_not_at_all():
    by = FhirAdapter(FhirProfile(identifiers={"http://fhir.example/nif": "pt.nif"}))
    assert stated(ndjson(PATIENT, ENCOUNTER), by).subject == Identifier("pt.nif", "123456789")
    assert refused(ndjson(ENCOUNTER), by) == [("no-identifier", "Encounter.subject")]
    old = but(PATIENT, identifier=[{**PATIENT["identifier"][0], "use": "old"}])
    assert refused(ndjson(old, ENCOUNTER), by) == [("no-identifier", "Encounter.subject")]
    assert stated(ndjson(but(ENCOUNTER, subject=None))).subject is None
    gone = but(PATIENT, link=[{"other": {"reference": "Patient/p2"}, "type": "replaced-by"}])
    assert refused(ndjson(gone, ENCOUNTER)) == [("replaced-patient", "Patient.link")]


def test_of_a_year_of_birth_no_age_follows():
    assert "birth_on" not in stated(ndjson(but(PATIENT, birthDate="1990"), ENCOUNTER)).facts[0].data


def test_a_reference_means_the_same_record_however_it_is_written():
    for written in ("https://x.example/fhir/Patient/p1", "Patient/p1/_history/3"):
        assert stated(ndjson(PATIENT, but(ENCOUNTER, subject={"reference": written}))) == stated(
            ndjson(PATIENT, ENCOUNTER)
        )
    url = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    entries = [{"fullUrl": url, "resource": PATIENT}, {"resource": but(ENCOUNTER, subject={"reference": url})}]
    assert stated({"resourceType": "Bundle", "type": "message", "entry": entries}) == stated(ndjson(PATIENT, ENCOUNTER))


def test_what_leaves_the_edge_holds_no_name_and_no_birth_date():
    for resource in GOOD:
        for fact in stated(ndjson(PATIENT, resource)).facts:
            leaves = repr(generalise(fact, "PT"))
            assert CANARY not in leaves
            assert "1990" not in leaves


def test_a_profile_is_known_by_its_first_key_and_its_mistakes_by_place(tmp_path):
    path = tmp_path / "hospital.yaml"
    codes = "codes: {to_tier: {http://a: {b: {to: SHELTER, relation: exact}}}}"
    path.write_text(f"# ours\nfhir: 1\nname: x\npartner: pt-x\ncountry: PT\n{codes}\n")
    assert first_key(path) == "fhir"
    assert load_profile(path).codes["to_tier"]["http://a"]["b"].to == "SHELTER"
    path.write_text("fhir: 1\nname: x\ncodes: {tires: {}}\nsubject: y\n")
    with pytest.raises(Stop, match=r"line 3, codes: no table tires.*; line 4, subject: Extra"):
        load_profile(path)
