"""Primero's API: what each kind of record states, what never leaves, and that any damage is a refusal by rule."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Identifier, Rejected, Statement
from hub.adapters.primero import adapter
from hub.events import NEWEST
from tests.damaged import damaged, outcome
from tests.delivered import left

CANARY = "CANARY-Maria-Silva"
CASE = {
    "id": "b3222e84-a5d7-4692-a643-1ab3d41f17d6",
    "name": CANARY,
    "case_id_display": CANARY,
    "owned_by": CANARY,
    "notes": CANARY,
    "address_current": CANARY,
    "module_id": "primeromodule-gbv",
    "status": "closed",
    "age": 31,
    "sex": "female",
    "country_of_origin": "portugal",
    "gbv_displacement_status": "resident",
    "registration_date": "2025-01-10",
    "date_closure": "2025-06-30",
    "closure_needs_met": "true",
    "closure_survivor_left_area": True,
    "closure_needs_met_explain": CANARY,
    "consent_reporting": True,
    "consent_for_services": True,
    "consent_to_share_info_by_health": "true",
    "consent_to_share_info_by_security": "false",
    "consent_to_share_health_organization": CANARY,
    "reopened_logs": [{"reopened_date": "2025-03-01T10:00:00.000Z", "reopened_user": CANARY}],
    "gbv_follow_up_subform_section": [
        {
            "unique_id": CANARY,
            "followup_date": "2025-02-01",
            "service_type_provided": ["psychosocial_service", "legal_assistance_service"],
        },
        {"followup_date": "2025-02-01", "service_type_provided": "food_service", "follow_up_comments": CANARY},
    ],
}
INCIDENT = {
    "id": "11d8ef93-1b48-4469-9dce-ab173f6c90f2",
    "incident_case_id": CASE["id"],
    "survivor_code": CANARY,
    "incident_description": CANARY,
    "incident_location": CANARY,
    "incident_camp_town": CANARY,
    "date_of_first_report": "2025-03-05",
    "incident_date": "2025-03-01",
    "date_of_birth": "1990-01-01",
    "sex": "female",
    "gbv_sexual_violence_type": "rape",
    "incident_location_type": "client_s_home",
    "incident_timeofday": "morning_sunrise_to_noon",
    "goods_money_exchanged": True,
    "abduction_status_time_of_incident": "none",
    "harmful_traditional_practice": "no",
    "gbv_reported_elsewhere": "gbvims-org",
    "consent_reporting": "true",
    "alleged_perpetrator": [
        {"primary_perpetrator": "secondary", "perpetrator_sex": "female", "age_group": "0_11"},
        {
            "primary_perpetrator": "primary",
            "perpetrator_sex": "male",
            "age_group": "26_40",
            "perpetrator_relationship": "intimate_partner_former_partner",
            "perpetrator_occupation": CANARY,
            "perpetrator_ethnicity": CANARY,
            "former_perpetrator": "true",
        },
    ],
    "service_referred_from": ["police_other_security_actor"],
    "service_safehouse_referral": "service_unavailable",
    "service_safehouse_provider": CANARY,
    "health_medical_referral_subform_section": [
        {"service_medical_referral": "service_unavailable", "service_medical_location": CANARY},
        {"service_medical_referral": "referred", "service_medical_referral_notes": CANARY},
    ],
}
REFERRAL = {
    "id": "8165ff68-e406-4258-bb77-004b1f148290",
    "type": "Referral",
    "record_id": CASE["id"],
    "record_type": "Child",
    "status": "accepted",
    "transitioned_to": CANARY,
    "transitioned_by": CANARY,
    "notes": CANARY,
    "created_at": "2025-02-03T18:37:16.078Z",
    "responded_at": "2025-02-05T08:00:00.000Z",
}


def state(data: Any) -> Statement:
    (record,) = adapter.read(io.BytesIO(json.dumps({"data": data}).encode()))
    return adapter.translate(record)


def facts(data: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(fact.event, fact.part): dict(fact.data) for fact in state(data).facts}


def refused(data: Any) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        state(data)
    return {tuple(problem) for problem in rejected.value.problems}


def events(data: Any) -> list[str]:
    return [fact.event for fact in state(data).facts]


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


ALL = [CASE, INCIDENT, REFERRAL]
PAGE = {"data": ALL, "metadata": {"total": 3, "per": 20, "page": 1}}


def lines(*documents: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)


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


def test_no_canary_leaves_and_what_leaves_is_there() -> None:
    delivered = left(adapter, lines(*ALL))
    assert (len(delivered.rows), delivered.refused) == (3, {})
    assert CANARY not in repr(delivered.rows) + repr(delivered.closing)
    assert CASE["id"] not in repr(delivered.rows)
    # The control: what may leave is seen by the same look.
    assert "03011" in repr(delivered.rows)


def test_a_refused_record_is_sealed_whole_and_its_rule_names_no_value() -> None:
    delivered = left(adapter, lines(CASE | {"sex": CANARY}, INCIDENT, {"nonsense": CANARY}) + b'{"cut": ')
    assert list(delivered.refused) == ["line 1", "line 3", "line 4"]
    assert CANARY in repr(delivered.refused)
    assert CANARY not in repr(delivered.rows) + repr(delivered.closing)
    assert len(delivered.rows) + len(delivered.refused) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["true", "closed", "2025-02-30", "done", "Referral"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=100)
@given(st.sampled_from(ALL), st.data())
def test_any_value_in_any_field_gives_a_statement_or_a_rejection(record: dict[str, Any], data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(record)), min_size=1, max_size=3))
    stated, refused = outcome(adapter, lines(record | {field: data.draw(JSON) for field in fields}))
    assert CANARY not in repr(refused)
    assert all(fact.event in NEWEST for statement in stated for fact in statement.facts)
    assert len(stated) + len(refused) == 1


@settings(max_examples=100)
@given(st.data())
def test_any_damage_to_the_bytes_is_a_rejection_or_a_record(data: st.DataObject) -> None:
    _, refused = outcome(adapter, damaged(lines(*ALL), data, [b"\n", b'"', b"{", b"["]))
    assert CANARY not in repr(refused)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-json"),
        (b'{"errors": [{"code": 403}]}', "error-response"),
        (b"[" * 200_000, "too-deep"),
        (b'{"data": "\xff"}', "not-text"),
        (b"not json\nat all\n", "not-json"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_without_a_payload_is_refused_as_a_whole(data: bytes, rule: str) -> None:
    with pytest.raises(Rejected) as rejected:
        list(adapter.read(io.BytesIO(data)))
    assert rejected.value.problems[0].rule == rule


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
