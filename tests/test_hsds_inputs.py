"""The examples of HSDS itself through the whole pipe: all go in, or are refused with the right reason. And the kit."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hub.adapters import find
from hub.adapters.base import Rejected
from hub.adapters.contract import contract
from hub.adapters.hsds import adapter
from hub.cli.preview import preview
from hub.edge.conformance import conformance
from tests.conftest import ROOT
from tests.delivered import SENDER
from tests.hsds_made import packed
from tests.pipe import Pipe

EXAMPLE = ROOT / "examples" / "formats" / "hsds.json"
LOST = {
    "locations": ["locations.organization_id"],
    "contacts": ["contacts.organization_id", "contacts.service_at_location_id"],
    "taxonomy_terms": ["taxonomy_terms.taxonomy_id"],
}
NO_SERVICE = {"location", "taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list"}
"""Examples of what hangs on a service, alone."""
WITH_SERVICE = {"service_full", "service_list", "service_at_location_full", "service_at_location_list",
                "organization_full"}  # fmt: skip


@pytest.fixture
def hsds(inputs: Path) -> Path:
    return inputs / "hsds_3_0"


def test_the_package_goes_in_but_for_the_three_rows_whose_references_lead_nowhere(hsds: Path, pipe: Pipe) -> None:
    (pipe.folder / "directory.zip").write_bytes(packed(hsds / "csv"))
    for file, place in ((pipe.folder / "directory.zip", "line 2"), (hsds / "tabular.json", "row 1")):
        done = pipe.take_file(file, "hsds", partner="pt-test")
        assert [(each["position"], each["rule"], each["place"]) for each in done["refusals"]] == [
            (f"{table.replace('_', ' ')}, {place}", "dangling-reference", field)
            for table, fields in LOST.items()
            for field in fields
        ]
        assert (done["received"], done["accepted"] + done["unchanged"], done["quarantined"]) == (5, 2, 3)
        # The second form says what the first said: nothing is new.
        assert done["events"] == (2 if place == "line 2" else 0)


def test_every_example_goes_in_or_is_refused_with_the_right_reason(hsds: Path) -> None:
    for path in sorted(hsds.rglob("*.json")):
        name = path.relative_to(hsds).as_posix()
        counts: Counter[str] = Counter()
        try:
            with path.open("rb") as source:
                for record in list(adapter.read(source)):
                    try:
                        counts.update(fact.event for fact in adapter.translate(record).facts)
                    except Rejected as rejected:
                        counts.update(problem.rule for problem in rejected.problems)
        except Rejected as rejected:
            counts[f"whole: {rejected.problems[0].rule}"] += 1
        assert {*counts} <= expected(name, path.stem), name
        assert counts


def expected(name: str, stem: str) -> set[str]:
    """What may become of an example."""
    both = {"organisation.listed", "service.listed"}
    if name.startswith("mock_api/taxonom") or stem in NO_SERVICE:
        # The file of a location in schema/ is no location but its JSON Schema.
        return {"not-a-directory"} if name.startswith("schema/") else {"whole: not-a-directory"}
    if name == "tabular.json":
        return {*both, "dangling-reference"}
    if stem in WITH_SERVICE or name.startswith(("mock_api/services", "mock_api/organizations", "mock_api/service_at")):
        return {*both, "service.regionlisted"}
    return {"organisation.listed"} if stem == "organization_list" else {"not-a-directory"}


def test_a_table_without_the_others_is_refused_as_no_package(hsds: Path) -> None:
    for path in sorted((hsds / "csv").glob("*.csv")):
        with path.open("rb") as source, pytest.raises(Rejected, match="not-a-package at file"):
            list(adapter.read(source))


def test_nothing_personal_of_an_example_leaves(hsds: Path, pipe: Pipe) -> None:
    pipe.take_file(hsds / "organization_full.json", "hsds", partner="pt-test")
    told = repr([*pipe.current("service_listed"), *pipe.current("organisation_listed")])
    assert "ac148810-d857-441c-9679-408f346de14b" in told
    for text in ("Ann", "Persona", "email", "1234", "Main Street", "MyCity", "Counselling", "example.com"):
        assert text not in told


def good() -> bytes:
    """The example without its one wrong service."""
    whole: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    return json.dumps(whole | {"contents": whole["contents"][:-1]}).encode()


def test_it_passes_the_kit() -> None:
    checks = [*contract(lambda: find("hsds"), good()), *conformance(adapter, SENDER, good(), None)]
    assert {check.name: check.found for check in checks if check.state != "passed"} == {
        "golden": ("no golden file: --golden",)
    }


def test_terms_that_nobody_has_looked_at_are_told_to_the_partner() -> None:
    words = {each["word"]: (each["code"], each["relation"]) for each in preview(EXAMPLE, "hsds", 1, "pt-x")["words"]}
    assert words["Taxonomia do concelho / AP-7 / Apoio em geral"] == (None, "none")
    assert words["Open Eligibility / 1102 / Counseling"] == ("PSYCH", "narrower")
    assert words["Victim Support Hub / SHELTER / SHELTER"] == ("SHELTER", "exact")


def test_regions_with_a_specialist_service_can_be_counted(pipe: Pipe) -> None:
    done = pipe.take_file(EXAMPLE, "hsds", partner="pt-test")
    assert (done["received"], done["accepted"], done["quarantined"]) == (8, 7, 1)
    listed = "tier, status, services, admits, languages, region"
    service_of = {row[0]: row[1:] for row in pipe.current("service_listed", f"service_id, {listed}")}
    regions = pipe.current("service_regionlisted", "service_id, reach, district")
    specialist = {
        district for own, _, district in regions
        if service_of[own][0].startswith("SPECIALIST") and service_of[own][1] == "ACTIVE" and len(district) == 5
    }  # fmt: skip
    assert specialist == {"PT1A0", "PT1B0"}, "the centre in PT11A is closed for a time, the shelter is nowhere"
    assert pipe.current("service_hourslisted", "weekly_hours, round_the_clock") == [(38, "N"), (168, "Y")]
    assert pipe.current("shelter_capacityreported", "places, sites, region") == [(14, "1", "PT")]
    assert pipe.take_file(EXAMPLE, "hsds", partner="pt-test")["events"] == 0
