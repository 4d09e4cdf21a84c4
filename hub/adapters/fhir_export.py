"""A referral's events → a ServiceRequest and its Tasks (FHIR R4), which `fhir` reads as the same events.

It names nobody: the person is a Patient within, of whom no more is told than her sex, and ids are the stream's number.
For whoever runs the enclave, to hold another system's FHIR against the hub's: nobody else has a record.
"""

from collections.abc import Mapping
from typing import Any

from hub.adapters.fhir_codes import OWN
from hub.adapters.fhir_referral import OF_TASK

Facts = Mapping[str, Mapping[str, Any]]
"""Event → what it says now, as its stored JSON has it."""
SENT = "referral.sent"
STATUS = {event: status for status, event in OF_TASK.items()} | {"referral.waitlisted": "on-hold"}
"""What has no status of its own is in progress, and its businessStatus names the event."""
GENDERS = {"F": "female", "M": "male", "X": "other", "U": "unknown"}
FULFIL = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]}
LENGTH = {"Y": 4, "M": 7, "D": 10}


def referral_bundle(stream: str, facts: Facts) -> dict[str, Any]:
    """A collection. `facts` has `referral.sent`; of the others each is a Task."""
    tasks = [
        _task(stream, event, said) for event, said in facts.items() if event.startswith("referral.") and event != SENT
    ]
    resources = [_request(stream, facts[SENT]), *tasks]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def _request(stream: str, said: Mapping[str, Any]) -> dict[str, Any]:
    gender = GENDERS.get(said.get("sex", ""))
    return {
        "resourceType": "ServiceRequest",
        "id": stream,
        "contained": [{"resourceType": "Patient", "id": "p", **({"gender": gender} if gender else {})}],
        "status": "active",
        "intent": "order",
        **({"priority": said["priority"].lower()} if said.get("priority", "NR") != "NR" else {}),
        "category": [_own("service-tier", said.get("to_tier", "NR"))],
        "subject": {"reference": "#p"},
        "authoredOn": _date(said),
    }


def _task(stream: str, event: str, said: Mapping[str, Any]) -> dict[str, Any]:
    status = STATUS.get(event, "in-progress")
    reason = said.get("reason", "NR")
    return {
        "resourceType": "Task",
        "id": f"{stream}-{event.partition('.')[2]}",
        "status": status,
        **({"statusReason": _own("decline-reason", reason)} if reason != "NR" else {}),
        **({} if event in OF_TASK.values() else {"businessStatus": _own("referral-event", event)}),
        "intent": "order",
        "code": FULFIL,
        "focus": {"reference": f"ServiceRequest/{stream}"},
        "lastModified": _date(said),
    }


def _own(codes: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": OWN + codes, "code": code}]}


def _date(said: Mapping[str, Any]) -> str:
    return str(said["occurred_on"])[: LENGTH[said.get("occurred_precision", "D")]]
