"""Primero's API: what each kind of record states, in any form of the payload, and what is refused by rule."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.base import Identifier, Rejected
from hub.adapters.primero import adapter
from tests.primero_made import ALL, CANARY, CASE, INCIDENT, PAGE, REFERRAL, events, facts, lines, refused, state


def test_a_case_states_its_life_its_follow_ups_and_what_she_agreed_to() -> None:
    found = facts(CASE)
    assert {place: str(data["occurred_on"]) for place, data in found.items()} == {
        ("consent.recorded", "REPORTING.ANY"): "2025-01-10",
        ("consent.recorded", "SERVICE.ANY"): "2025-01-10",
        ("consent.recorded", "REFERRAL.HEALTH"): "2025-01-10",
        ("consent.recorded", "REFERRAL.POLICE"): "2025-01-10",
        ("case.opened", ""): "2025-01-10",
        ("case.reopened", "2025-03-01"): "2025-03-01",
        ("case.closed", ""): "2025-06-30",
        ("contact.held", "2025-02-01"): "2025-02-01",
        ("contact.held", "2025-02-01.2"): "2025-02-01",
    }
    assert found["consent.recorded", "REFERRAL.POLICE"]["answer"] == "REFUSED"
    assert found["case.closed", ""] | {"occurred_on": None} == {
        "occurred_on": None, "reason": "MOVED", "needs_met": "Y",
    }  # fmt: skip
    services = {found["contact.held", part]["services"] for part in ("2025-02-01", "2025-02-01.2")}
    assert services == {("LEGAL_ADVICE", "PSYCH"), ("PRACT_FIN",)}


def test_case_incident_and_referral_are_of_one_person_the_case() -> None:
    assert {state(data).subject for data in (CASE, INCIDENT, REFERRAL)} == {Identifier("local", CASE["id"])}


def test_an_incident_states_the_act_the_delay_and_one_answer_a_sector() -> None:
    found = facts(INCIDENT)
    offence = found["offence.disclosed", ""]
    expected = {
        "gbvims_type": "RAPE", "offence": "03011", "violence_forms": ("SEX",), "primary_form": "SEX", "delay": "4-5D",
        "place_type": "HOME", "reported_elsewhere": "HUB_PARTNER", "perpetrators": "ONE", "perpetrator_sex": "M",
        "perpetrator_age_band": "18+", "relationship": "01", "frequency": "REPEATED", "tags": ("GAIN",), "sex": "F",
    }  # fmt: skip
    assert {name: offence[name] for name in expected} == expected
    assert found["referral.sectoranswered", "HEALTH"]["answer"] == "REFERRED"
    assert found["referral.sectoranswered", "SAFE_HOUSE"]["answer"] == "UNAVAILABLE"
    assert found["referral.sent", "IN"]["source"] == "POLICE"


@pytest.mark.parametrize("record", [CASE, INCIDENT], ids=["case", "incident"])
def test_without_consent_to_reporting_nothing_but_the_answers_on_consent_is_stated(record: dict[str, Any]) -> None:
    found = facts(record | {"consent_reporting": "false"})
    assert {event for event, _ in found} == {"consent.recorded"}
    assert "REFUSED" in {data["answer"] for data in found.values() if data["purpose"] == "REPORTING"}
    assert {event for event, _ in facts(record)} > {"consent.recorded"}


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        ("in_progress", {}, ["referral.sent"]),
        ("inprogress", {"responded_at": None}, ["referral.sent"]),
        ("accepted", {}, ["referral.sent", "referral.accepted"]),
        ("rejected", {"rejected_reason": CANARY}, ["referral.sent", "referral.declined"]),
        ("done", {"success_status": "successful"}, ["referral.sent", "referral.accepted", "referral.completed"]),
        (
            "done",
            {"success_status": "not_successful", "reason_not_successful": "unable_to_contact_client"},
            ["referral.sent", "referral.accepted", "referral.failed"],
        ),
        (
            "done",
            {"success_status": "not_successful", "reason_not_successful": "client_refused_services"},
            ["referral.sent", "referral.accepted", "referral.declined"],
        ),
        ("revoked", {"responded_at": None}, ["referral.sent", "referral.cancelled"]),
    ],
)
def test_a_transition_is_a_referral_as_far_as_it_came(status: str, more: dict[str, Any], expected: list[str]) -> None:
    for kind in ("Referral", "Transfer"):
        assert events(REFERRAL | {"status": status, "type": kind} | more) == expected


def test_of_an_end_without_a_day_only_the_year_is_stated() -> None:
    ended = facts(REFERRAL | {"status": "done"})["referral.completed", ""]
    assert (ended["occurred_on"].isoformat(), ended["occurred_precision"]) == ("2025-01-01", "Y")


@pytest.mark.parametrize(
    ("record", "change", "expected"),
    [
        (REFERRAL, {"responded_at": None}, ("missing-value", "responded_at")),
        (REFERRAL, {"responded_at": "2025-02-01"}, ("impossible-order", "responded_at")),
        (REFERRAL, {"type": "Assign"}, ("no-fact", "type")),
        (REFERRAL, {"status": CANARY}, ("unknown-code", "status")),
        (REFERRAL, {"id": None}, ("missing-key", "id")),
        (CASE, {"module_id": "primeromodule-cp"}, ("other-module", "module_id")),
        (CASE, {"enabled": False}, ("deleted-record", "enabled")),
        (CASE, {"status": "duplicate"}, ("duplicate-record", "status")),
        (CASE, {"date_closure": None}, ("missing-value", "date_closure")),
        (CASE, {"date_closure": "2024-01-01"}, ("impossible-order", "date_closure")),
        (CASE, {"registration_date": "10-01-2025"}, ("not-a-date", "registration_date")),
        (CASE, {"age": CANARY}, ("not-an-integer", "age")),
        (CASE, {"sex": [1]}, ("not-a-text", "sex")),
        (CASE, {"reopened_logs": CANARY}, ("not-a-list", "reopened_logs")),
        (INCIDENT, {"incident_date": "2025-03-06"}, ("impossible-order", "incident_date")),
        (INCIDENT, {"gbv_sexual_violence_type": None}, ("missing-value", "gbv_sexual_violence_type")),
        (INCIDENT, {"country_of_origin": CANARY}, ("unknown-code", "country_of_origin")),
        (INCIDENT, {"service_safehouse_referral": CANARY}, ("unknown-code", "service_safehouse_referral")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and len(value) == 1 else "",
)
def test_what_is_wrong_is_named_by_rule_and_field(
    record: dict[str, Any], change: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in refused(record | change)


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = refused(CASE | {"sex": CANARY, "age": CANARY, "date_closure": None})
    assert wrong == {("unknown-code", "sex"), ("not-an-integer", "age"), ("missing-value", "date_closure")}


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(PAGE, indent=2).encode(),
        json.dumps(PAGE).encode() + b"\n\n",
        b"\xef\xbb\xbf" + json.dumps(ALL).encode(),
        lines(*ALL),
        lines({"data": CASE}, {"data": [INCIDENT, REFERRAL]}),
        b"\n".join(json.dumps(each).encode() for each in ALL),
        json.dumps([PAGE]).encode(),
    ],
    ids=["page", "one line", "list", "lines", "lines of pages", "no last line end", "list of pages"],
)
def test_any_form_of_the_payload_states_the_same(data: bytes) -> None:
    stated = [adapter.translate(record) for record in list(adapter.read(io.BytesIO(data)))]
    assert stated == [state(each) for each in ALL]


def test_every_example_of_the_api_goes_in_or_is_refused_by_rule(inputs: Path) -> None:
    counts: Counter[str] = Counter()
    for path in sorted((inputs / "gbv_primero" / "api_v2_examples").iterdir()):
        try:
            with path.open("rb") as source:
                for record in adapter.read(source):
                    counts["records"] += 1
                    try:
                        counts[f"stated: {adapter.translate(record).kind}"] += 1
                    except Rejected as rejected:
                        counts["refused: " + ", ".join(sorted({problem.rule for problem in rejected.problems}))] += 1
        except Rejected as rejected:
            counts[f"file: {rejected.problems[0].rule}"] += 1
    assert counts == {
        "records": 86,
        "stated: referral": 8,
        "stated: case": 3,
        "refused: not-a-record": 65,  # agencies, users, forms, lookups, locations, traces, requests
        "refused: missing-value": 6,  # incidents without a first report, referrals without the day of their answer
        "refused: no-fact": 3,  # assignments inside of an office
        "refused: missing-key": 1,
        "file: error-response": 109,
        "file: not-json": 17,  # the examples that are printed as .txt because they are no JSON
    }
