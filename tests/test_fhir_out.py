"""FHIR out: what the hub says of a referral is read back as the same, and a MeasureReport says what was released."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fhir.resources.R4B import get_fhir_model_class

from hub.adapters.fhir_export import referral_bundle
from hub.errors import Reject
from hub.release.measure_report import measure_reports
from tests import release_fixture
from tests.fhir_made import CANARY, PATIENT, REQUEST, TASK, but, ndjson, stated
from tests.pipe import Pipe
from tests.test_history import ask

__all__ = ["ask"]
STREAM = f"{7:032x}"
STATES = (
    "received",
    "accepted",
    "declined",
    "waitlisted",
    "scheduled",
    "noshow",
    "engaged",
    "cancelled",
    "completed",
    "failed",
)


def checked(bundle: dict[str, Any]) -> None:
    """By the library, each resource as its own type."""
    for entry in bundle["entry"]:
        get_fhir_model_class(entry["resource"]["resourceType"]).model_validate(entry["resource"])


def test_a_referral_is_read_back_as_the_events_it_was_made_of():
    on = {"occurred_on": "2025-03", "occurred_precision": "M"}
    facts: dict[str, dict[str, Any]] = {f"referral.{state}": {"occurred_on": "2025-04-01"} for state in STATES}
    facts["referral.declined"] |= {"declined_by": "SERVICE", "reason": "LANGUAGE"}
    facts["referral.sent"] = {**on, "direction": "OUT", "sex": "F", "priority": "URGENT", "to_tier": "SPECIALIST_SV"}
    made = referral_bundle(STREAM, facts)
    checked(made)
    read = {fact.event: fact.data for fact in stated(made).facts}
    assert set(read) == set(facts)
    for event, said in facts.items():
        expected = {**said, "occurred_on": date(2025, 3, 1) if event == "referral.sent" else date(2025, 4, 1)}
        assert expected.items() <= read[event].items(), event


def test_the_operator_has_a_referral_as_fhir_and_it_names_nobody(pipe: Pipe, ask: Any) -> None:
    profile = pipe.folder / "pt_fhir.yaml"
    profile.write_text("fhir: 1\nname: pt_fhir\npartner: pt-test\ncountry: PT\n", "utf-8")
    path = pipe.folder / "export.ndjson"
    for resources in ((PATIENT, REQUEST, TASK), (PATIENT, REQUEST, but(TASK, lastModified="2025-03-09"))):
        path.write_bytes(ndjson(*resources))
        pipe.take_file(path, profile)
    words = ("--partner", "pt-test", "--dataset", "pt_fhir", "--fhir")
    told = ask("history", "ServiceRequest/r1", *words)
    assert told.code == 0, told.err
    made = json.loads(told.out)
    checked(made)
    assert [(f.event, f.data["occurred_on"].day) for f in stated(made).facts] == [
        ("referral.sent", 1), ("referral.accepted", 9),
    ]  # fmt: skip
    assert not any(name in told.out for name in (CANARY, "r1", "p1", "1990"))
    path.write_bytes(ndjson(but(REQUEST, status="entered-in-error")))
    pipe.take_file(path, profile)
    assert ask("history", "ServiceRequest/r1", *words).code != 0


def test_a_measure_report_says_what_was_released_and_each_stratifier_adds_up(tmp_path: Path):
    release = release_fixture.full(tmp_path / "release.duckdb")
    made = measure_reports(release)
    checked(made)
    with duckdb.connect(str(release), read_only=True) as connection:
        totals = {
            ("urn:victim-support-hub:measure:" + name, country, str(start)): count
            for name in ("contacts", "referrals")
            for country, start, count in connection.execute(
                f"select country, make_date(left(quarter, 4)::int, right(quarter, 1)::int * 3 - 2, 1), sum({name}) "
                f"from {name} group by 1, 2"
            ).fetchall()
        }
    reports = [entry["resource"] for entry in made["entry"]]
    said = {
        (r["measure"], r["reporter"]["identifier"]["value"], r["period"]["start"]): r["group"][0]["population"][0][
            "count"
        ]
        for r in reports
    }
    assert said == totals
    for report in reports:
        (group,) = report["group"]
        for stratifier in group["stratifier"]:
            assert sum(s["population"][0]["count"] for s in stratifier["stratum"]) == group["population"][0]["count"]


def test_one_quarter_alone_and_one_that_is_not_out(tmp_path: Path):
    release = release_fixture.full(tmp_path / "release.duckdb")
    periods = {entry["resource"]["period"]["end"] for entry in measure_reports(release, "2025Q4")["entry"]}
    assert periods == {"2025-12-31"}
    with pytest.raises(Reject, match="2025Q1"):
        measure_reports(release, "2031Q1")
