"""A made-up hospital's FHIR export and its profile, to try things out with: `python -m examples.fhir FOLDER`."""

import json
import sys
from pathlib import Path
from typing import Any

PROFILE = """\
fhir: 1
name: pt_hospital
partner: pt-hospital
country: PT
source: HEALTH                # who refers, where it is not the person herself
from_tier: UNIVERSAL
codes:
  to_tier:
    http://hospital.example/services: {abrigo: {to: SPECIALIST_GBV, relation: broader}}
"""
CODES = "http://hospital.example/services"
FULFIL = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]}


def export() -> list[dict[str, Any]]:
    """Two referrals with their Tasks, a home visit, a lab order, and the persons."""
    return [
        {"resourceType": "Patient", "id": "1", "gender": "female", "birthDate": "1988-02-29"},
        {"resourceType": "Patient", "id": "2", "gender": "male", "birthDate": "1971"},
        _request("10", "1", "abrigo"),
        _task("20", "10", "1", "accepted", "2025-03-04T09:30:00Z"),
        _task("20", "10", "1", "completed", "2025-04-11T16:00:00Z"),
        _request("11", "2", "abrigo"),
        _task("21", "11", "2", "rejected", "2025-03-05"),
        _request("12", "2", "hemograma"),
        {
            "resourceType": "Encounter",
            "id": "30",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"},
            "subject": {"reference": "Patient/1"},
            "period": {"start": "2025-03-10T10:00:00Z", "end": "2025-03-10T10:45:00Z"},
        },
    ]


def _request(key: str, person: str, code: str) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "code": {"coding": [{"system": CODES, "code": code}]},
        "subject": {"reference": f"Patient/{person}"},
        "authoredOn": "2025-03-03",
    }


def _task(key: str, request: str, person: str, status: str, on: str) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "id": key,
        "meta": {"lastUpdated": on if "T" in on else f"{on}T12:00:00Z"},
        "status": status,
        "intent": "order",
        "code": FULFIL,
        "focus": {"reference": f"ServiceRequest/{request}"},
        "for": {"reference": f"Patient/{person}"},
        "lastModified": on,
    }


def main(folder: Path) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hospital.yaml").write_text(PROFILE, "utf-8")
    lines = [json.dumps(each, separators=(",", ":")) for each in export()]
    (folder / "export.ndjson").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "files"))
