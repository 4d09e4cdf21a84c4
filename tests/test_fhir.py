"""FHIR: what each kind of resource states, and that what changes a meaning, or is none, is refused by its rule."""

import io
import json
import random
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Fact, Identifier, Rejected, Statement
from hub.adapters.fhir import FhirAdapter, adapter, check_fully
from hub.adapters.fhir_codes import OWN, tables
from hub.adapters.fhir_definitions import check, elements
from hub.adapters.fhir_generate import ELEMENTS, READ, generate
from hub.adapters.fhir_profile import FhirProfile, is_profile, load_profile
from hub.edge.generalise import generalise
from hub.errors import Stop
from hub.events import NEWEST, codes
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


@pytest.mark.parametrize(
    ("changed", "rule", "place"),
    [
        ({"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}, "modifier-extension", "ServiceRequest"),
        (
            {"note": [{"text": "a", "extension": [{"url": "http://x", "extension": [], "modifierExtension": []}]}]},
            "element-empty",
            "ServiceRequest.note.extension.extension",
        ),
        ({"implicitRules": "http://x"}, "implicit-rules", "ServiceRequest.implicitRules"),
        ({"doNotPerform": True}, "do-not-perform", "ServiceRequest.doNotPerform"),
        ({"status": "draft"}, "did-not-happen", "ServiceRequest.status"),
        ({"status": "bananas"}, "unknown-code", "ServiceRequest.status"),
        ({"intent": "proposal"}, "not-a-referral", "ServiceRequest.intent"),
        ({"category": [{"text": "words"}]}, "not-a-referral", "ServiceRequest.category"),
        ({"subject": {"reference": "Location/1"}}, "not-about-a-person", "ServiceRequest.subject"),
        ({"subject": None}, "element-missing", "ServiceRequest.subject"),
        ({"authoredOn": None}, "missing-date", "ServiceRequest.authoredOn"),
        ({"authoredOn": "2025-02-30"}, "not-a-date", "ServiceRequest.authoredOn"),
        ({"authoredOn": "0001"}, "out-of-range", "ServiceRequest.authoredOn"),
        ({"authoredOn": "1.3.2025"}, "element-form", "ServiceRequest.authoredOn"),
        ({"authoredOn": 5}, "element-type", "ServiceRequest.authoredOn"),
        ({"performer": []}, "element-empty", "ServiceRequest.performer"),
        ({"Canaryvoinen": 1}, "element-unknown", "ServiceRequest"),
        ({"occurrenceDateTime": "2025", "occurrencePeriod": {}}, "element-twice", "ServiceRequest"),
        ({"id": None}, "missing-key", "line 2"),
    ],
)
def test_what_is_wrong_or_changes_the_meaning_is_refused_by_its_rule(changed: dict[str, Any], rule: str, place: str):
    found = refused(ndjson(PATIENT, but(REQUEST, **changed)))
    assert [problem for problem in found if problem != ("no-statement", "Patient")] == [(rule, place)]


def test_a_modifier_anywhere_refuses_the_record_and_one_in_a_text_does_not():
    hidden = [{"url": "http://x", "valueBoolean": True}]
    within = {"resourceType": "Condition", "id": "c", "modifierExtension": hidden}
    escaped = json.dumps(but(REQUEST, contained=[within])).replace("modifier", "\\u006dodifier").encode()
    assert refused(ndjson(PATIENT) + escaped) == [("modifier-extension", "ServiceRequest")]
    assert refused(ndjson(but(PATIENT, modifierExtension=hidden), REQUEST)) == [("modifier-extension", "Patient")]
    assert stated(ndjson(PATIENT, but(REQUEST, note=[{"text": "modifierExtension"}]))).facts


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"provision": {"type": "permit", "provision": [{"type": "deny"}]}}, "consent-with-conditions"),
        ({"provision": {"type": "permit", "actor": [{}]}}, "consent-with-conditions"),
        ({"provision": {"type": "permit", "period": {"end": "2026"}}}, "consent-with-conditions"),
        ({"provision": None}, "no-answer"),
        ({"scope": {"text": CANARY}}, "unmapped-purpose"),
        ({"status": "proposed"}, "did-not-happen"),
    ],
)
def test_a_consent_with_conditions_is_never_made_simpler(changed: dict[str, Any], rule: str):
    found = refused(ndjson(PATIENT, but(CONSENT, **changed)))
    assert [each[0] for each in found] == [rule if "actor" not in str(changed) else "element-missing"] or found == [
        (rule, "Consent.provision")
    ]


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"resourceType": "ReferralRequest", "id": "1", "status": "active"}, "STU3 or DSTU2"),
        ({"resourceType": "DiagnosticOrder", "id": "1"}, "DSTU2"),
        (but(ENCOUNTER, reason=[{"text": "a"}]), "STU3"),
        (but(CONSENT, scope=None, consentingParty=[{"reference": "Patient/p1"}], policyRule="http://x", provision=None,
             performer=None), "STU3"),
    ],
)  # fmt: skip
def test_an_older_release_is_named_and_refused(resource: dict[str, Any], named: str):
    assert refused(ndjson(resource)) == [("fhir-version", named)]


def test_a_key_twice_is_refused_because_two_readers_would_read_it_apart():
    raw = json.dumps(ENCOUNTER).encode().replace(b'"finished"', b'"finished", "status": "entered-in-error"')
    assert refused(raw + b"\n") == [("key-twice", "Encounter")]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty-file"),
        (b"\n \n", "empty-file"),
        (b"<a", "not-xml"),
        (b"<a/>", "not-fhir-xml"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>', "document-type"),
        (b'<Patient xmlns="http://hl7.org/fhir">' + b"<contact>" * 100_000, "too-deep"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(data: bytes, rule: str):
    with pytest.raises(Rejected) as rejected:
        said(data)
    assert rejected.value.problems[0].rule == rule


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"[" * 100_000, "too-deep"),
        (
            b'{"resourceType":"Encounter","id":"e","extension":'
            + b'[{"extension":' * 5_000
            + b"1"
            + b"}]" * 5_000
            + b"}",
            "too-deep",
        ),
        (b'{"resourceType":"Patient","x":' + b"9" * 100_000 + b"}", "not-json"),
        (b'{"resourceType":"Encounter","id":"\\ud800"}', "not-json"),
        (b'{"resourceType":"Encounter","x":[' + b"{}," * 100 + b"[", "not-json"),
        (b'{"resourceType":5}', "no-resource-type"),
        (b'{"resourceType":"Bundle","entry":{}}', "not-a-bundle"),
        (b'{"resourceType":"Bundle","entry":[null]}', "not-a-bundle"),
        (b'{"resourceType":"Bundle","type":"message"}', "empty-bundle"),
        (b'{"resourceType":"Bundle","entry":[{"fullUrl":"Patient/1","resource":{}}]}', "not-a-full-url"),
        (b'{"resourceType":"Bundle","entry":[{"response":{"status":"201"}}]}', "no-resource"),
        (json.dumps(bundle(bundle(bundle(bundle(bundle(ENCOUNTER)))))).encode(), "too-deep"),
    ],
)
def test_a_bomb_or_a_shell_is_one_refused_record(data: bytes, rule: str):
    assert [each[0] for each in refused(data + b"\n")] == [rule]


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


def test_the_definitions_are_those_of_the_library():
    assert ELEMENTS.read_text("utf-8") == generate()


@pytest.mark.parametrize("resource", [*GOOD, TASK, PATIENT], ids=lambda r: r["resourceType"])
def test_the_quick_check_and_the_library_agree_on_what_is_missing_or_unknown(resource: dict[str, Any]):
    """The library as an oracle: each element taken away, one that nobody knows, and a number in each one's place."""
    kind = resource["resourceType"]
    names = [name for name in resource if name != "resourceType"]
    for each in [resource, {**resource, "none": 1}, *(but(resource, **{f"{name}_": None}) for name in names)]:
        assert _passes(check, each, kind) == _passes(check_fully, each, kind), sorted(each)
    for each in ({**resource, name: 7} for name in names):
        assert not _passes(check, each, kind)  # the library takes 7 for seven seconds after 1970


def _passes(judge: Any, data: dict[str, Any], kind: str) -> bool:
    try:
        judge(data, kind, "R4")
    except Rejected:
        return False
    return True


def test_every_code_of_the_tables_is_one_of_the_hub():
    lists = {
        "sex": codes.Sex, "to_tier": codes.ServiceTier, "tier": codes.ServiceTier, "channel": codes.Channel,
        "service": codes.Service, "decline_reason": codes.DeclineReason, "consent_purpose": codes.ConsentPurpose,
        "consent_answer": codes.ConsentAnswer, "assessment_kind": codes.AssessmentKind,
        "assessment_instrument": codes.AssessmentInstrument, "risk_level": codes.RiskLevel,
    }  # fmt: skip
    for name, known in lists.items():
        said = {line.to for system in tables()[name].values() for line in system.values() if line.to}
        assert said <= set(get_args(known)), name
    events = {line.to for system in tables()["business_status"].values() for line in system.values() if line.to}
    assert events <= set(NEWEST)


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
    assert is_profile(path)
    assert load_profile(path).codes["to_tier"]["http://a"]["b"].to == "SHELTER"
    path.write_text("fhir: 1\nname: x\ncodes: {tires: {}}\nsubject: y\n")
    with pytest.raises(Stop, match=r"line 3, codes: no table tires.*; line 4, subject: Extra"):
        load_profile(path)


FILE = ndjson(PATIENT, TASK, *GOOD)
ATOMS = st.sampled_from(
    [None, 5, "", CANARY, [], {}, [None], {"reference": 5}, {"coding": [{"code": 5}]}, [[]], True, "2025"]
)


@settings(max_examples=60)
@given(st.data())
def test_damaged_bytes_are_refused_and_nothing_else_and_no_value_is_told(data: st.DataObject):
    raw = bytearray(FILE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 40))
        raw[at : at + length] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b'"', b"{", b"[[", b"\n", b"\\u006d"])
        )
    _only_refused(bytes(raw))


@settings(max_examples=120)
@given(st.sampled_from([*GOOD, TASK, PATIENT]), st.data())
def test_damaged_elements_are_refused_and_nothing_else(resource: dict[str, Any], data: st.DataObject):
    made = json.loads(json.dumps(resource))
    places: list[tuple[Any, Any]] = []

    def walk(tree: Any) -> None:
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            places.append((tree, key))
            if isinstance(tree[key], dict | list):
                walk(tree[key])

    walk(made)
    tree, key = data.draw(st.sampled_from(range(len(places))).map(places.__getitem__))
    tree[key] = data.draw(ATOMS)
    _only_refused(ndjson(PATIENT, REQUEST, made) if resource is TASK else ndjson(made, ENCOUNTER, made))


def _only_refused(data: bytes) -> None:
    told = []
    try:
        for record in adapter.read(io.BytesIO(data)):
            told.append(record.position)
            try:
                adapter.translate(record)
            except Rejected as rejected:
                told.append(str(rejected))
    except Rejected as rejected:
        told.append(str(rejected))
    assert not any(value in each for each in told for value in (CANARY, "1990", "123456789"))


def test_only_types_that_are_read_are_defined():
    assert set(READ) <= elements()["R4"].keys() & elements()["R5"].keys()
