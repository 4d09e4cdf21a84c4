"""FHIR: what changes a meaning, or is none, and any damage is refused by its rule, and no value is told."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Rejected
from hub.adapters.fhir import adapter
from tests.fhir_made import (
    CANARY,
    CONSENT,
    ENCOUNTER,
    GOOD,
    PATIENT,
    REQUEST,
    TASK,
    bundle,
    but,
    ndjson,
    refused,
    said,
    stated,
)


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
