"""The resources of a file → one unit a record: all versions of it, what was done about it, and the person it is about.

A referral is a ServiceRequest, the Tasks about it, and the Tasks that are a step of one of those (`partOf`) and name
nothing of their own. No order of a file's resources says anything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hub.adapters.base import Record, Rejected
from hub.adapters.fhir_definitions import release_of
from hub.adapters.fhir_read import Found, Scope, reference_of
from hub.adapters.fhir_text import parse
from hub.adapters.fhir_values import target, version_order
from hub.adapters.table import Damaged

STEPS_LIMIT = 32
"""Tasks above one that are looked at for its request."""
KINDS = {
    "ServiceRequest": "referral",
    "Task": "referral",
    "Encounter": "contact",
    "EpisodeOfCare": "case",
    "Consent": "consent",
    "QuestionnaireResponse": "assessment",
    "RiskAssessment": "assessment",
    "Flag": "need",
}
"""Resource type → the kind of record it is about."""
CONTEXT = frozenset({
    "Device", "Endpoint", "Group", "HealthcareService", "Location", "MessageHeader", "Organization", "Patient",
    "Person", "Practitioner", "PractitionerRole", "Questionnaire", "RelatedPerson", "Schedule", "Slot",
})  # fmt: skip
"""They say who and where, not that anything happened. In a bundle they belong to its records."""
NAMED = frozenset({
    "Account", "AllergyIntolerance", "Appointment", "AppointmentResponse", "AuditEvent", "Basic", "Binary", "CarePlan",
    "CareTeam", "Claim", "ClinicalImpression", "Communication", "CommunicationRequest", "Composition", "Condition",
    "Coverage", "DetectedIssue", "DiagnosticReport", "DocumentReference", "ExplanationOfBenefit", "Goal",
    "Immunization", "List", "Measure", "MeasureReport", "Media", "MedicationRequest", "Observation",
    "OperationOutcome", "Parameters", "Procedure", "Provenance", "RequestGroup", "Specimen", "Transport",
})  # fmt: skip
"""Other types that a message names. One that nobody knows might be a name."""
NEITHER_R4_NOR_R5 = {
    **dict.fromkeys(("ReferralRequest", "ProcedureRequest", "DeviceUseRequest", "ProcessRequest"), "STU3 or DSTU2"),
    **dict.fromkeys(("DataElement", "EligibilityRequest", "BodySite", "ImagingManifest"), "STU3 or DSTU2"),
    **dict.fromkeys(("Sequence", "ServiceDefinition", "ExpansionProfile", "ProcessResponse"), "STU3"),
    **dict.fromkeys(("Conformance", "DiagnosticOrder", "MedicationOrder", "Order", "OrderResponse"), "DSTU2"),
}
"""Types of older releases alone → the release."""


class Version(NamedTuple):
    """A resource as it stands in the file, and when its bundle says it was sent."""

    kind: str
    text: str
    sent: str | None


class Gathered(NamedTuple):
    """All that a file says about one record. `patient`: the Patient's text; `by_url`: what full URLs of it mean.

    `deleted`: the source no longer has it.
    """

    kind: str
    key: str | None
    versions: tuple[Version, ...]
    patient: str | None
    by_url: dict[str, str]
    deleted: bool = False


class Unread(NamedTuple):
    """A resource that states nothing the hub can take. Of what it says nothing is kept, but its type."""

    rule: str
    kind: str


def gather(resources: Iterable[Found]) -> Iterator[Record]:
    """The records of a file, each at the place of its first resource."""
    groups: dict[str, list[Found]] = {}
    patients: dict[str, list[Found]] = {}
    order: list[tuple[str, str, Found]] = []
    with_records: set[int] = set()
    everything = list(resources)
    requests = _requests(everything)
    for found in everything:
        kind, name = named(found)
        group = key_of(found, kind, name, requests)
        if group is not None:
            if found.scope:
                with_records.add(found.scope.number)
            if group not in groups:
                order.append(("record", group, found))
            groups.setdefault(group, []).append(found)
            continue
        if kind == "Patient" and not found.rule and not found.deleted:
            patients.setdefault(name, []).append(found)
        order.append(("other", kind if kind in CONTEXT else "", found))
    used: set[str] = set()
    made = {group: _gathered(group, found, patients, used) for group, found in groups.items()}
    for what, name, found in order:
        if what == "record":
            yield Record(found.position, made.pop(name))
        elif name and found.scope and found.scope.number in with_records and not found.rule and not found.deleted:
            continue
        elif not (name == "Patient" and named(found)[1] in used):
            yield Record(found.position, _unread(found))


def named(found: Found) -> tuple[str, str]:
    """Type and reference of a resource, as far as it says them."""
    if found.rule:
        return "", ""
    if found.deleted is not None:
        steps = found.deleted.rstrip("/").split("/")
        return (steps[-2] if len(steps) > 1 else ""), "/".join(steps[-2:])
    return found.envelope.resourceType, reference_of(found.envelope, found.full_url)


def key_of(found: Found, kind: str, name: str, requests: Mapping[str, str]) -> str | None:
    """What tells the records of a file apart: the reference of its first resource. None for what is no record.

    `requests`: of which ServiceRequest each Task of the file is.
    """
    if kind not in KINDS or (found.deleted and kind == "Task"):
        return None
    if kind == "Task":
        asked = _requested(found) or next((requests[each] for each in _steps_of(found) if each in requests), None)
        return asked or (f"at {found.position}" if name.endswith("/") else name)
    return f"at {found.position}" if name.endswith("/") else name


def _requested(found: Found) -> str | None:
    """The ServiceRequest that a Task is about: its focus, or else what it is based on."""
    based = found.envelope.basedOn
    for reference in (found.envelope.focus, *(based if isinstance(based, list) else ())):
        name = target(reference, _by_url(found.scope))
        if name is not None and name.startswith("ServiceRequest/"):
            return name
    return None


def _requests(resources: Sequence[Found]) -> dict[str, str]:
    """Task → the ServiceRequest that it, or the Task of which it is a step, is about. A ring of steps is about none."""
    if all(found.envelope.partOf is None for found in resources):
        return {}
    asked: dict[str, str] = {}
    above: dict[str, list[str]] = {}
    for found in resources:
        kind, name = named(found)
        if kind == "Task" and not name.endswith("/"):
            if (request := _requested(found)) is not None:
                asked[name] = request
            elif tasks := _steps_of(found):
                above[name] = tasks
    for name in above:
        way = [name]
        for each in way:
            if each in asked:
                asked[name] = asked[each]
                break
            way += [task for task in above.get(each, ()) if task not in way][: STEPS_LIMIT - len(way)]
    return asked


def _steps_of(found: Found) -> list[str]:
    """The Tasks of which one is a step that says nothing else of what it is about."""
    said = found.envelope
    if said.focus is not None or said.basedOn is not None or not isinstance(said.partOf, list):
        return []
    names = (target(each, _by_url(found.scope)) or "" for each in said.partOf)
    return [name for name in names if name.startswith("Task/")]


def _gathered(group: str, found: list[Found], patients: dict[str, list[Found]], used: set[str]) -> Gathered:
    """Oldest version first; where two say they are as new, their content decides, and never their order in the file."""
    live = sorted((each for each in found if not each.deleted), key=_age)
    by_url = {url: name for each in found for url, name in _by_url(each.scope).items() if url.startswith("urn:")}
    patient = None
    for each in live:
        name = _about(each)
        if name in patients:
            used.add(name)
            patient = max(patients[name], key=_age)
    kind = named(found[0])[0]
    versions = dict.fromkeys(Version(named(each)[0], _text(each.text), _sent(each.scope)) for each in live)
    return Gathered(
        KINDS[kind],
        None if group.startswith("at ") else group,
        tuple(versions),
        _text(patient.text) if patient else None,
        {url: name for url, name in by_url.items() if any(url in version.text for version in versions)},
        len(live) < len(found),
    )


def _age(found: Found) -> tuple[tuple[str, int], bytes]:
    return version_order(found.envelope.meta), found.text


def _about(found: Found) -> str:
    said = found.envelope
    return target(said.subject or said.patient or said.of, _by_url(found.scope)) or ""


def _by_url(scope: Scope | None) -> dict[str, str]:
    return scope.by_url if scope else {}


def _sent(scope: Scope | None) -> str | None:
    return scope.timestamp if scope else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _unread(found: Found) -> Damaged | Unread:
    if found.rule:
        return Damaged(found.rule, _text(found.text))
    kind = named(found)[0]
    if kind in NEITHER_R4_NOR_R5:
        return Damaged("fhir-version", NEITHER_R4_NOR_R5[kind])
    rule = _fault(found, kind) or ("no-statement" if kind in CONTEXT else "no-event")
    return Unread(rule, kind if kind in CONTEXT | NAMED else "")


def _fault(found: Found, kind: str) -> str | None:
    """What is wrong with a resource that would state nothing anyway: whoever wrote it should know."""
    if found.deleted:
        return None
    try:
        data = parse(found.text, found.position)
        if kind == "Patient":
            release_of(data, kind)
    except Rejected as rejected:
        return rejected.problems[0].rule
    return None
