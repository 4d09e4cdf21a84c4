"""ServiceRequest and its Tasks → a referral's events. Each version of a Task adds what it says.

Of a step (a Task that is `partOf` another, and says nothing else of what it is about) only what its businessStatus says
of the referral counts: a step that is done, or that failed, is no referral that is.
"""

from typing import Any

from hub.adapters.base import Fact, Rejected
from hub.adapters.fhir_codes import codings
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_values import happened, target

ORDERS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order", "plan"})
"""Intents of a request that was sent. NHS BARS sends its referrals as `plan`."""
SENT = frozenset({"active", "on-hold", "revoked", "completed"})
OF_TASK = {
    "received": "referral.received",
    "accepted": "referral.accepted",
    "rejected": "referral.declined",
    "cancelled": "referral.cancelled",
    "completed": "referral.completed",
    "failed": "referral.failed",
}
"""Task.status → event. `requested`, `ready`, `in-progress` and `on-hold` say nothing more than businessStatus does."""
QUIET = frozenset({"draft", "requested", "ready", "in-progress", "on-hold"})
OF_REQUEST = {"revoked": "referral.cancelled", "completed": "referral.completed"}
PRIORITY = {"routine": "ROUTINE", "urgent": "URGENT", "asap": "URGENT", "stat": "URGENT"}


def referral(said: list[Said], reading: Reading) -> Stated:
    """The facts of one referral. Raises Rejected where what is said is no referral, or cannot be dated."""
    requests = [each for each in said if each.kind == "ServiceRequest"]
    tasks = [each for each in said if each.kind == "Task"]
    if requests and requests[-1].data["status"] == "entered-in-error":
        return Stated((), whole=True)
    facts: dict[str, Fact] = {}
    last_of_task = {each.data.get("id", at): each for at, each in enumerate(tasks)}
    wrong = {name for name, each in last_of_task.items() if each.data["status"] == "entered-in-error"}
    tasks = [each for at, each in enumerate(tasks) if each.data.get("id", at) not in wrong]
    for each in tasks:
        _check_task(each, reading)
    if not requests:
        raise Rejected("task-without-request", "Task.focus")  # of what is asked, only the request tells
    _say(facts, _sent(requests[-1], tasks, reading))
    for each in requests:
        if (event := OF_REQUEST.get(each.data["status"])) and all(map(_is_step, tasks)):
            _say(facts, Fact(event, happened(_changed(each.data), "ServiceRequest.meta.lastUpdated")))
    for each in tasks:
        for event in _events(each, reading):
            _say(facts, Fact(event, _when(each, reading) | _declined(event, each, reading)))
    return Stated(tuple(facts.values()), whole=bool(wrong))


def _say(facts: dict[str, Fact], fact: Fact) -> None:
    """One fact of each kind, as the newest version has it: versions come oldest first, in one file or in many."""
    facts[fact.event] = fact


def _sent(request: Said, tasks: list[Said], reading: Reading) -> Fact:
    data = request.data
    if data["status"] == "draft":
        raise Rejected("did-not-happen", "ServiceRequest.status")
    if data["status"] not in SENT:
        raise Rejected("unknown-code", "ServiceRequest.status")
    if data["intent"] not in ORDERS:
        raise Rejected("not-a-referral", "ServiceRequest.intent")
    if data.get("doNotPerform"):
        raise Rejected("do-not-perform", "ServiceRequest.doNotPerform")
    concepts = [data.get("category", []), data.get("code"), data.get("performerType")]
    tiers = [tier for tier in reading.codes.mapped("to_tier", concepts, own="service-tier") if tier]
    if not tiers:
        raise Rejected("not-a-referral", "ServiceRequest.category")
    profile = reading.profile
    # What is known best: a specialist service before a universal one, which a second code calls it too.
    tier = next((each for each in tiers if each not in ("NR", "UNIVERSAL", "GENERIC")), tiers[0])
    authored = data.get("authoredOn") or min((t for each in tasks if (t := each.data.get("authoredOn"))), default=None)
    said: dict[str, Any] = {
        **happened(authored or request.sent, "ServiceRequest.authoredOn"),
        "direction": profile.direction,
        "source": "SELF" if _by_patient(request, reading) else profile.source,
        "mode": profile.mode,
        "from_tier": profile.from_tier,
        "to_tier": profile.to_tier if tier == "NR" else tier,
        "priority": PRIORITY.get(data.get("priority", ""), "NR"),
    }
    return Fact("referral.sent", said | reading.person)


def _by_patient(request: Said, reading: Reading) -> bool:
    name = target(request.data.get("requester"), reading.by_url)
    return name is not None and name.startswith("Patient/")


def _check_task(task: Said, reading: Reading) -> None:
    """Only a Task that carries out a request moves a referral: Gravity's Tasks for patients do not."""
    if task.data.get("doNotPerform"):
        raise Rejected("do-not-perform", "Task.doNotPerform")
    about = [target(each, reading.by_url) or "" for each in (task.data.get("focus"), *task.data.get("basedOn", ()))]
    if not _is_step(task) and not any(each.startswith("ServiceRequest/") for each in about):
        raise Rejected("not-a-referral", "Task.focus")
    if list(codings(task.data.get("code"))) and not reading.codes.mapped("task", task.data["code"]):
        raise Rejected("not-a-referral", "Task.code")


def _is_step(task: Said) -> bool:
    """Whether it was gathered to the request by the Task above it alone."""
    return "partOf" in task.data and "focus" not in task.data and "basedOn" not in task.data


def _events(task: Said, reading: Reading) -> list[str]:
    status = task.data["status"]
    if status not in OF_TASK and status not in QUIET:
        raise Rejected("unknown-code", "Task.status")
    said = [OF_TASK[status]] if status in OF_TASK and not _is_step(task) else []
    if status == "draft":
        return []
    concepts = [task.data.get("businessStatus"), task.data.get("statusReason")]
    said += reading.codes.mapped("business_status", concepts, own="referral-event")
    return list(dict.fromkeys(said))


def _declined(event: str, task: Said, reading: Reading) -> dict[str, Any]:
    if event != "referral.declined":
        return {}
    reasons = [task.data.get("statusReason"), task.data.get("businessStatus")]
    reason = reading.codes.one("decline_reason", reasons, "Task.statusReason", own="decline-reason")
    by = reading.codes.one("declined_by", reasons, "Task.statusReason", own="declined-by")
    if by == "VICTIM" and reason is None:
        reason = "NA"  # the list is of a service's reasons
    # `rejected` is FHIR's word for a performer who will not: a businessStatus alone does not say whose the no was.
    by = by or ("SERVICE" if task.data["status"] == "rejected" else "NR")
    return {"declined_by": by} | ({"reason": reason} if reason else {})


def _when(task: Said, reading: Reading) -> dict[str, Any]:
    """The day on which a Task came to its status: when it was last modified.

    A Task that does not say so is refused; or, where the profile allows it, dated by the day on which it was written,
    or else its bundle was sent.
    """
    day = task.data.get("lastModified") or _changed(task.data)
    if day is None and reading.profile.undated_tasks == "authored":
        day = task.data.get("authoredOn") or task.sent
    return happened(day, "Task.lastModified")


def _changed(data: dict[str, Any]) -> str | None:
    changed: str | None = data.get("meta", {}).get("lastUpdated")
    return changed
