"""FHIR resources made for tests: nobody's, with canaries where a name or a remark stands."""

import io
import json
from typing import Any

from hub.adapters.base import Rejected, Statement
from hub.adapters.fhir import FhirAdapter, adapter

CANARY = "Canaryvoinen"
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"lastUpdated": "2025-01-01T00:00:00Z"},
    "identifier": [{"system": "http://fhir.example/nif", "value": "123456789"}],
    "name": [{"family": CANARY, "given": ["Aino"]}],
    "address": [{"text": CANARY}],
    "gender": "female",
    "birthDate": "1990-05-17",
}
REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest",
    "id": "r1",
    "meta": {"lastUpdated": "2025-03-01T10:00:00Z"},
    "status": "active",
    "intent": "order",
    "priority": "urgent",
    "category": [{
        "coding": [{
            "system": "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes",
            "code": "intimate-partner-violence",
        }],
        "text": CANARY,
    }],
    "subject": {"reference": "Patient/p1", "display": CANARY},
    "authoredOn": "2025-03-01",
    "requester": {"reference": "Practitioner/d"},
    "note": [{"text": CANARY}],
}  # fmt: skip
TASK: dict[str, Any] = {
    "resourceType": "Task",
    "id": "t1",
    "status": "accepted",
    "intent": "order",
    "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
    "focus": {"reference": "ServiceRequest/r1"},
    "for": {"reference": "Patient/p1"},
    "authoredOn": "2025-03-01T10:00:00Z",
    "lastModified": "2025-03-03T09:00:00+02:00",
}
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2025-04-02T10:00:00Z", "end": "2025-04-02T10:50:00Z"},
}
EPISODE: dict[str, Any] = {
    "resourceType": "EpisodeOfCare",
    "id": "c1",
    "status": "finished",
    "statusHistory": [
        {"status": "active", "period": {"start": "2025-01-10", "end": "2025-02-01"}},
        {"status": "finished", "period": {"start": "2025-02-01", "end": "2025-03-01"}},
        {"status": "active", "period": {"start": "2025-03-01"}},
    ],
    "patient": {"reference": "Patient/p1"},
    "period": {"start": "2025-01", "end": "2025-06-30"},
}
CONSENT: dict[str, Any] = {
    "resourceType": "Consent",
    "id": "k1",
    "meta": {"lastUpdated": "2025-05-01T00:00:00Z"},
    "status": "active",
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]},
    "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
    "patient": {"reference": "Patient/p1"},
    "dateTime": "2025-02",
    "performer": [{"reference": "Patient/p1"}],
    "provision": {"type": "permit"},
}
RISK: dict[str, Any] = {
    "resourceType": "RiskAssessment",
    "id": "a1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "occurrenceDateTime": "2025-02-03",
    "method": {
        "coding": [
            {"system": "urn:victim-support-hub:assessment-kind", "code": "RISK"},
            {"system": "urn:victim-support-hub:assessment-instrument", "code": "DASH"},
        ]
    },
    "prediction": [
        {
            "qualitativeRisk": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/risk-probability", "code": "high"}]
            }
        }
    ],
}
GOOD = (REQUEST, ENCOUNTER, EPISODE, CONSENT, RISK)


def but(resource: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A resource with other elements; None takes one away. `_` at the end: a name that is a word of Python's."""
    made = {**resource, **{name.rstrip("_"): value for name, value in changed.items()}}
    return {name: value for name, value in made.items() if value is not None}


def bundle(*resources: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A collection, or what `type` says."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources], **said}


def ndjson(*resources: dict[str, Any]) -> bytes:
    """A bulk export."""
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in resources)


def said(
    data: bytes | dict[str, Any], by: FhirAdapter = adapter
) -> list[tuple[str, Statement | list[tuple[str, str]]]]:
    """Each record's place, and what it states or why it is refused."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    found: list[tuple[str, Statement | list[tuple[str, str]]]] = []
    for record in by.read(io.BytesIO(raw)):
        try:
            found.append((record.position, by.translate(record)))
        except Rejected as rejected:
            found.append((record.position, [tuple(problem) for problem in rejected.problems]))
    return found


def stated(data: bytes | dict[str, Any], by: FhirAdapter = adapter) -> Statement:
    """The one statement of a file."""
    found = [what for _, what in said(data, by) if isinstance(what, Statement)]
    assert len(found) == 1, said(data, by)
    return found[0]


def refused(data: bytes | dict[str, Any], by: FhirAdapter = adapter) -> list[tuple[str, str]]:
    """Rules and places of all that a file is refused for."""
    return [problem for _, what in said(data, by) if not isinstance(what, Statement) for problem in what]
