"""FHIR through the whole pipe: twice says nothing, an update adds, an error entered is retracted, nothing leaks."""

from pathlib import Path
from typing import Any

import pytest

from tests.fhir_made import CANARY, CONSENT, ENCOUNTER, EPISODE, PATIENT, REQUEST, RISK, TASK, but, ndjson
from tests.pipe import Pipe

PROFILE = "fhir: 1\nname: pt_fhir\npartner: pt-test\ncountry: PT\n"
LATER = {"lastUpdated": "2025-09-01T00:00:00Z"}


@pytest.fixture
def profile(pipe: Pipe) -> Path:
    path = pipe.folder / "pt_fhir.yaml"
    path.write_text(PROFILE, "utf-8")
    return path


def take(pipe: Pipe, profile: Path, *resources: dict[str, Any]) -> dict[str, Any]:
    path = pipe.folder / "export.ndjson"
    path.write_bytes(ndjson(*resources))
    return pipe.take_file(path, profile)


def test_the_same_twice_says_nothing_and_an_update_adds_what_is_new(pipe: Pipe, profile: Path) -> None:
    everything = (PATIENT, REQUEST, TASK, ENCOUNTER, EPISODE, CONSENT, RISK)
    first = take(pipe, profile, *everything)
    assert (first["received"], first["accepted"], first["quarantined"], first["events"]) == (5, 5, 0, 8)
    again = take(pipe, profile, *reversed(everything))
    assert (again["accepted"], again["unchanged"], again["events"]) == (0, 5, 0)
    update = take(pipe, profile, PATIENT, REQUEST, but(TASK, status="completed", lastModified="2025-04-01"))
    assert (update["accepted"], update["events"]) == (1, 1)


def test_what_was_entered_in_error_is_retracted_by_a_partial_delivery_and_said_again_it_stands(
    pipe: Pipe, profile: Path
) -> None:
    take(pipe, profile, PATIENT, REQUEST, TASK, ENCOUNTER)
    wrong = but(REQUEST, status="entered-in-error", meta=LATER)
    assert take(pipe, profile, wrong)["events"] == 2
    assert take(pipe, profile, wrong)["events"] == 0
    pipe.project()
    assert pipe.current("referral_sent", "sex") == []
    assert pipe.current("contact_held", "sex") == [("F",)]
    assert take(pipe, profile, PATIENT, but(REQUEST, meta={"lastUpdated": "2025-10-01T00:00:00Z"}))["events"] == 1
    pipe.project()
    assert pipe.current("referral_sent", "sex") == [("F",)]


def test_an_error_that_was_never_heard_of_says_nothing(pipe: Pipe, profile: Path) -> None:
    done = take(pipe, profile, but(REQUEST, status="entered-in-error"))
    assert (done["received"], done["accepted"], done["unchanged"], done["quarantined"]) == (1, 0, 1, 0)


def test_a_task_in_error_takes_back_its_own_word_alone(pipe: Pipe, profile: Path) -> None:
    take(pipe, profile, PATIENT, REQUEST, TASK)
    assert take(pipe, profile, PATIENT, REQUEST, but(TASK, status="entered-in-error"))["events"] == 1
    pipe.project()
    assert len(pipe.current("referral_sent", "sex")) == 1
    assert pipe.current("referral_accepted", "occurred_on") == []


def test_no_name_reaches_the_log_the_vault_or_an_answer(pipe: Pipe, profile: Path) -> None:
    everything = (PATIENT, REQUEST, TASK, ENCOUNTER, but(CONSENT, provision=None), but(TASK, id="t9", focus=None))
    done = take(pipe, profile, *everything)
    assert done["quarantined"] == 2
    assert CANARY not in repr(done)
    found = [path for path in pipe.hub.settings.home.rglob("*") if path.is_file()]
    assert found
    assert [path for path in found if CANARY.encode() in path.read_bytes()] == []
