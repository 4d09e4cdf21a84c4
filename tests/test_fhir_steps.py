"""Tasks of FHIR that say less than others: steps of a Task, Tasks without a date, and whose the no was."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_page import fhir_page
from hub.adapters.fhir_profile import FhirProfile, load_profile
from tests.fhir_made import PATIENT, REQUEST, TASK, bundle, but, ndjson, refused, said, stated

BSER = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
OWN = "urn:victim-support-hub:"
SCHEDULED = {"coding": [{"system": BSER, "code": "5.1.1"}]}
STEP = but(TASK, id="t2", focus=None, partOf=[{"reference": "Task/t1"}], status="completed", businessStatus=SCHEDULED)


def events(data: bytes, by: FhirAdapter | None = None) -> list[str]:
    return [fact.event for fact in (stated(data, by) if by else stated(data)).facts]


def test_a_step_of_a_task_belongs_to_its_request_in_any_order() -> None:
    below = but(STEP, id="t3", partOf=[{"reference": "Task/t2"}], businessStatus=None)
    resources = [PATIENT, REQUEST, TASK, STEP, below]
    for seed in range(6):
        random.Random(seed).shuffle(resources)
        assert sorted(events(ndjson(*resources))) == ["referral.accepted", "referral.scheduled", "referral.sent"]


@pytest.mark.parametrize("status", ["completed", "failed", "rejected", "cancelled"])
def test_the_status_of_a_step_is_not_the_referrals(status: str) -> None:
    step = but(STEP, status=status, businessStatus=None)
    assert events(ndjson(PATIENT, REQUEST, TASK, step)) == ["referral.sent", "referral.accepted"]


def test_a_step_in_error_takes_back_what_it_said() -> None:
    wrong = but(STEP, status="entered-in-error", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    statement = stated(ndjson(PATIENT, REQUEST, TASK, STEP, wrong))
    assert ([fact.event for fact in statement.facts], statement.whole) == (["referral.sent", "referral.accepted"], True)


@pytest.mark.parametrize(
    "step",
    [
        but(STEP, partOf=[{"reference": "Task/elsewhere"}]),
        but(STEP, partOf=[{"reference": "Task/t2"}]),
        but(STEP, focus={"reference": "Questionnaire/q"}),
        but(STEP, basedOn=[{"reference": "CarePlan/c"}]),
    ],
    ids=["of a task that is not there", "of itself", "about something else", "of a plan"],
)
def test_a_task_that_leads_to_no_request_is_refused_and_moves_none(step: dict[str, Any]) -> None:
    data = ndjson(PATIENT, REQUEST, TASK, step)
    assert events(data) == ["referral.sent", "referral.accepted"]
    assert {rule for rule, _ in refused(data)} <= {"task-without-request", "not-a-referral"} != set()


def test_a_ring_of_steps_or_an_endless_chain_of_them_is_refused_soon() -> None:
    chain = [but(STEP, id=f"s{n}", partOf=[{"reference": f"Task/s{n - 1}"}]) for n in range(3_000)]
    ring = [*chain, but(STEP, id="s0", partOf=[{"reference": "Task/s2999"}])]
    for tasks in (chain, ring):
        assert all(isinstance(what, list) for _, what in said(ndjson(PATIENT, *tasks)))


UNDATED = but(TASK, lastModified=None)


def test_a_task_without_a_date_is_refused_until_the_profile_says_which_day_counts(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("fhir: 1\nname: pt_x\npartner: pt-x\ncountry: PT\nundated_tasks: authored\n", "utf-8")
    by = FhirAdapter(load_profile(path))
    data = ndjson(PATIENT, REQUEST, but(UNDATED, authoredOn="2025-03-02T10:00:00Z"))
    assert refused(data) == [("missing-date", "Task.lastModified")]
    accepted = stated(data, by).facts[1]
    assert (accepted.event, accepted.data["occurred_on"].isoformat()) == ("referral.accepted", "2025-03-02")
    assert refused(ndjson(PATIENT, REQUEST, but(UNDATED, authoredOn=None)), by) == [
        ("missing-date", "Task.lastModified")
    ]
    sent = bundle(PATIENT, REQUEST, but(UNDATED, authoredOn=None), type="message", timestamp="2025-03-05T00:00:00Z")
    assert stated(json.dumps(sent).encode(), by).facts[1].data["occurred_on"].isoformat() == "2025-03-05"
    assert "Task without a date of change" in fhir_page(by.profile)
    assert "Task without a date of change" not in fhir_page(FhirProfile())


def declined(**changed: Any) -> dict[str, Any]:
    fact = stated(ndjson(PATIENT, REQUEST, but(TASK, **changed))).facts[1]
    assert fact.event == "referral.declined"
    return {name: value for name, value in fact.data.items() if name != "occurred_on"}


def test_who_said_no_is_the_service_unless_a_code_says_otherwise() -> None:
    she = {"coding": [{"system": f"{OWN}declined-by", "code": "VICTIM"}]}
    both = {"coding": [*she["coding"], {"system": f"{OWN}decline-reason", "code": "SAFETY"}]}
    assert declined(status="rejected") == {"declined_by": "SERVICE"}
    assert declined(status="rejected", statusReason=she) == {"declined_by": "VICTIM", "reason": "NA"}
    assert declined(status="rejected", statusReason=both) == {"declined_by": "VICTIM", "reason": "SAFETY"}
    assert declined(status="in-progress", businessStatus={"coding": [{"system": BSER, "code": "4.0"}]}) == {
        "declined_by": "NR"
    }


def test_two_answers_to_who_said_no_are_refused() -> None:
    reason = {"coding": [{"system": f"{OWN}declined-by", "code": code} for code in ("VICTIM", "SERVICE")]}
    assert refused(ndjson(PATIENT, REQUEST, but(TASK, status="rejected", statusReason=reason))) == [
        ("codes-disagree", "Task.statusReason")
    ]
