"""Real FHIR of others: HL7, Gravity, NHS, Synthea, malformed. All of it goes in, or is refused for the reason."""

import io
import json
from collections import Counter
from pathlib import Path

import pytest

from hub.adapters.base import Rejected
from hub.adapters.fhir import FhirAdapter, adapter
from hub.adapters.fhir_codes import Line
from hub.adapters.fhir_profile import FhirProfile
from hub.edge.generalise import generalise
from tests.fhir_made import ndjson, refused, said, stated

IN = "in"
NO_RESOURCES = {"log.ndjson", "manifest.json"}
COUNTS = {
    "fhir_r4_gravity_sdoh": {
        IN: 3, "no-event": 31, "no-statement": 13, "missing-date": 3, "not-a-referral": 4, "task-without-request": 4,
    },
    "fhir_r4_hl7_spec_examples": {
        IN: 3, "no-event": 34, "unmapped-flag": 2, "no-statement": 75, "no-resource": 9, "empty-bundle": 1,
        "consent-with-conditions": 12, "did-not-happen": 2,
        "missing-date": 6, "not-an-assessment": 4, "not-a-referral": 28, "do-not-perform": 1,
        "task-without-request": 3,
    },
    "fhir_r4_nhs_bars_api": {
        IN: 1, "no-event": 10, "unmapped-flag": 1, "not-about-a-person": 2, "no-statement": 42,
        "not-a-referral": 3, "did-not-happen": 3, "consent-with-conditions": 2,
        "no-resource": 1, "element-type": 2, "element-unknown": 2,
    },
    "fhir_r4_synthea_bulk10": {IN: 1215, "no-statement": 186},
    "fhir_r5_hl7_spec_examples": {"no-event": 2, "not-a-referral": 6},
}  # fmt: skip
"""What becomes of each resource of a folder: taken, or the rule that refuses it."""
GOOD = {"bundle-good.json", "bundle-good.xml", "patient-good.json", "patient-good.xml", "json-good.json"}
UNREAD = {"pat-security-bad-string.json", "pat-security-bad-xhtml.json", "attachment-with-invalid-binary.json"}
"""What is wrong with them stands where nobody here reads: in a narrative, a name, a picture."""
BAD = {
    "bad-json-close-1.json": "not-json", "bad-json-close-2.json": "not-json", "bad-json-close-3.json": "not-json",
    "bundle-bad-empty.json": "not-a-full-url", "bundle-duplicate-id.json": "not-a-full-url",
    "encounter-period.json": "unknown-code", "json-comma-bad-1.json": "not-json", "json-comma-bad-2.json": "not-json",
    "json-comments-1.json": "not-json", "json-comments-2.json": "not-json", "json-no-quotes-1.json": "not-json",
    "json-no-quotes-2.json": "not-json", "json-prop-key.json": "no-resource-type",
    "patient-duplicate.json": "key-twice",
    "patient-id-bad-1.json": "element-form", "patient-id-bad-2.json": "element-form",
    "patient-id-bad-3.json": "element-form",
}  # fmt: skip
BARS = {"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest": {
    "validation": Line(to="UNIVERSAL", relation="broader"),
}}  # fmt: skip


def files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*.*") if "expected" not in path.parts)
    return [path for path in found if path.name not in NO_RESOURCES]


@pytest.mark.parametrize("folder", COUNTS)
def test_every_resource_goes_in_or_is_refused_for_its_reason(inputs: Path, folder: str):
    counts: Counter[str] = Counter()
    for path in files(inputs / folder):
        for _, what in said(path.read_bytes()):
            counts.update([rule for rule, _ in what] if isinstance(what, list) else [IN])
            for fact in () if isinstance(what, list) else what.facts:
                generalise(fact, "PT")
    assert counts == COUNTS[folder]


def test_of_the_malformed_set_what_should_be_refused_is_and_by_the_right_rule(inputs: Path):
    folder = inputs / "fhir_malformed_basic"
    assert {path.name for path in files(folder)} == GOOD | UNREAD | BAD.keys()
    expected: dict[str, set[str]] = {}
    for name, path in _expected(folder):
        issues = json.loads(path.read_text("utf-8")).get("issue", ())
        expected.setdefault(name, set()).update(issue["severity"] for issue in issues)
    for path in files(folder):
        rules = {rule for rule, _ in refused(path.read_bytes())}
        if path.name in BAD:
            assert BAD[path.name] in rules, path.name
            assert {"error", "fatal"} & expected.get(path.name, {"error"}), path.name
        else:
            assert rules <= {"no-statement", "no-event"}, path.name


def _expected(folder: Path) -> list[tuple[str, Path]]:
    """Each file's outcome by the HL7 validator, where the manifest names one."""
    listed = json.loads((folder / "manifest.json").read_text("utf-8"))
    return [(each["file"], folder / each["expected"]) for each in listed if "expected" in each]


def test_gravitys_order_and_its_task_are_one_referral_once_the_task_says_when(inputs: Path):
    folder = inputs / "fhir_r4_gravity_sdoh"

    def example(name: str) -> dict:
        return json.loads((folder / f"{name}.json").read_text("utf-8"))

    order = example("ServiceRequest-SDOHCC-ServiceRequestActiveFoodPantryApplicationAssistExample")
    tasks = [
        {**example(f"Task-SDOHCC-TaskReferralManagementOrderFulfillment{status}Example"), "lastModified": on}
        for status, on in (("Accepted", "2020-09-12"), ("Completed", "2020-09-20"))
    ]
    found = stated(ndjson(order, *tasks))
    assert [(f.event, f.data["occurred_on"].isoformat()) for f in found.facts] == [
        ("referral.sent", "2020-09-11"), ("referral.accepted", "2020-09-12"), ("referral.completed", "2020-09-20"),
    ]  # fmt: skip
    assert refused(ndjson(order, {**tasks[0], "lastModified": "", "id": "x"})) == [
        ("element-form", "Task.lastModified")
    ]


def test_a_bars_message_is_a_referral_once_the_partner_says_what_its_category_is(inputs: Path):
    folder = inputs / "fhir_r4_nhs_bars_api" / "process_message"
    by = FhirAdapter(FhirProfile(codes={"to_tier": BARS}))
    found = [
        what for _, what in said((folder / "response/ValidationRequest_HTTP_Response.json").read_bytes(), by)
        if not isinstance(what, list)
    ]  # fmt: skip
    assert [(each.kind, fact.event) for each in found for fact in each.facts] == [("referral", "referral.sent")]


def test_patients_and_encounters_of_a_bulk_export_are_put_together(inputs: Path):
    folder = inputs / "fhir_r4_synthea_bulk10"
    raw = (folder / "Encounter.000.ndjson").read_bytes() + (folder / "Patient.000.ndjson").read_bytes()
    found = said(raw)
    contacts = [what for _, what in found if not isinstance(what, list)]
    assert len(contacts) == 1215
    assert all({"sex", "birth_on"} <= each.facts[0].data.keys() for each in contacts)
    assert len({each.key for each in contacts}) == 1215
    reversed_file = b"\n".join(reversed(raw.splitlines()))
    again = [what for _, what in said(reversed_file) if not isinstance(what, list)]
    assert sorted(contacts, key=repr) == sorted(again, key=repr)


def test_xml_and_json_of_one_resource_end_alike(inputs: Path):
    folder = inputs / "fhir_r5_hl7_spec_examples"
    for path in folder.glob("*.xml"):
        assert refused(path.read_bytes()) == refused(path.with_suffix(".json").read_bytes())


def test_torn_anywhere_a_real_bundle_is_refused_and_nothing_else(inputs: Path):
    raw = (inputs / "fhir_r4_nhs_bars_api/process_message/request/ValidationRequest_POST.json").read_bytes()
    for at in range(0, len(raw), 997):
        try:
            records = list(adapter.read(io.BytesIO(raw[:at])))
        except Rejected:
            continue
        for record in records:
            with pytest.raises(Rejected):
                adapter.translate(record)
