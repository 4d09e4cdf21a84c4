"""FHIR Consents: a plain yes or no to a purpose, and whatever limits it refuses the resource."""

from typing import Any

import pytest

from tests.fhir_made import CONSENT, PATIENT, but, ndjson, refused, stated

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
DAYS = {"start": "2025-01-01", "end": "2026-01-01"}
CODE = {"coding": [{"system": ACT, "code": "IDSCL"}]}
ACTOR = {"role": CODE, "reference": {"reference": "Organization/o"}}
PURPOSE = {"system": REASON, "code": "TREAT"}
R5: dict[str, Any] = {
    **but(CONSENT, scope=None, patient=None, dateTime=None, performer=None, provision=None),
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]}],
    "subject": {"reference": "Patient/p1"},
    "date": "2025-02-03",
    "grantor": [{"reference": "Patient/p1"}],
    "decision": "permit",
}


def answers(consent: dict[str, Any]) -> list[tuple[str, str]]:
    """Purpose and answer of each fact."""
    return [(fact.data["purpose"], fact.data["answer"]) for fact in stated(ndjson(PATIENT, consent)).facts]


def test_a_plain_yes_and_a_plain_no_are_read_in_both_releases():
    assert answers(CONSENT) == [("SERVICE", "GRANTED")]
    assert answers(but(CONSENT, provision={"type": "deny"})) == [("SERVICE", "REFUSED")]
    assert answers(but(CONSENT, provision={"type": "permit", "purpose": [PURPOSE]})) == [("SERVICE", "GRANTED")]
    assert answers(R5) == [("SERVICE", "GRANTED")]
    assert answers(but(R5, decision="deny")) == [("SERVICE", "REFUSED")]


@pytest.mark.parametrize("kind", ["permit", "deny"])
@pytest.mark.parametrize(
    "condition",
    [
        {"provision": [{"type": "deny", "purpose": [PURPOSE]}]},
        {"provision": [{"type": "permit", "provision": [{"type": "deny"}]}]},
        {"period": DAYS},
        {"dataPeriod": DAYS},
        {"actor": [ACTOR]},
        {"action": [CODE]},
        {"class": [PURPOSE]},
        {"code": [CODE]},
        {"securityLabel": [PURPOSE]},
        {"data": [{"meaning": "instance", "reference": {"reference": "Encounter/e"}}]},
    ],
    ids=lambda each: next(iter(each)),
)
def test_a_provision_that_is_bound_to_something_refuses_the_consent(kind: str, condition: dict[str, Any]):
    bound = but(CONSENT, provision={"type": kind, "purpose": [PURPOSE], **condition})
    assert refused(ndjson(PATIENT, bound)) == [("consent-with-conditions", "Consent.provision")]


@pytest.mark.parametrize("provision", [{"purpose": [PURPOSE]}, {"provision": [{"purpose": [PURPOSE]}]}])
@pytest.mark.parametrize("decision", ["permit", "deny"])
def test_an_exception_to_a_decision_is_never_read_as_the_decision(provision: dict[str, Any], decision: str):
    excepted = but(R5, decision=decision, provision=[provision])
    assert refused(ndjson(PATIENT, excepted)) == [("consent-with-conditions", "Consent.provision")]


@pytest.mark.parametrize("bound", [{"period": DAYS}, {"grantee": [{"reference": "Organization/o"}]}])
def test_a_consent_for_a_time_or_for_somebody_is_no_plain_yes(bound: dict[str, Any]):
    assert refused(ndjson(PATIENT, but(R5, **bound))) == [("consent-with-conditions", f"Consent.{next(iter(bound))}")]


@pytest.mark.parametrize("code", ["OPTINR", "OPTOUTE", "IMPLIED"])
def test_a_policy_with_restrictions_or_that_nobody_was_asked_about_is_no_yes_beside_a_permit(code: str):
    restricted = but(CONSENT, policyRule={"coding": [{"system": ACT, "code": code}]})
    assert refused(ndjson(PATIENT, restricted)) == [("consent-with-conditions", "Consent.policyRule")]
    assert answers(but(CONSENT, policyRule={"coding": [{"system": ACT, "code": "OPTIN"}]})) == [("SERVICE", "GRANTED")]


def test_a_purpose_that_nobody_mapped_permits_nothing():
    other = {"type": "permit", "purpose": [{"system": REASON, "code": "HMARKT"}]}
    assert refused(ndjson(PATIENT, but(CONSENT, provision=other))) == [("unmapped-purpose", "Consent.category")]


def policy(code: str) -> dict[str, Any]:
    return {"coding": [{"system": ACT, "code": code}]}


def test_a_permit_beside_a_policy_that_says_no_is_no_yes():
    assert refused(ndjson(PATIENT, but(CONSENT, policyRule=policy("OPTOUT")))) == [
        ("codes-disagree", "Consent.policyRule")
    ]
    both = but(CONSENT, policyRule=policy("OPTOUT"), provision={**CONSENT["provision"], "type": "deny"})
    assert answers(both) == [("SERVICE", "REFUSED")]


@pytest.mark.parametrize("rule", [{}, {"policyRule": policy("OPTIN")}])
def test_a_purpose_without_permit_or_deny_is_an_exception_and_no_yes(rule: dict[str, Any]):
    excepted = but(CONSENT, provision={"purpose": [PURPOSE]}, **rule)
    assert refused(ndjson(PATIENT, excepted)) == [("consent-with-conditions", "Consent.provision")]
