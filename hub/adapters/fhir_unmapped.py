"""Which codes a FHIR file uses, how often, and how well each fits one of the hub's. For the partner's eyes alone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_assessment import QUESTIONNAIRE
from hub.adapters.fhir_codes import Coding, codings, shown
from hub.adapters.fhir_gather import Gathered
from hub.adapters.fhir_text import parse

ASKED: dict[str, dict[str, tuple[str, ...]]] = {
    "ServiceRequest": {"to_tier": ("category", "code", "performerType")},
    "Task": {
        "task": ("code",),
        "business_status": ("businessStatus", "statusReason"),
        "declined_by": ("statusReason",),
    },
    "Encounter": {"channel": ("class",), "service": ("type", "serviceType")},
    "EpisodeOfCare": {"tier": ("type",)},
    "Consent": {"consent_purpose": ("scope", "category"), "consent_answer": ("policyRule",)},
    "RiskAssessment": {"assessment_kind": ("code", "method"), "risk_level": ("prediction",)},
    "QuestionnaireResponse": {"assessment_kind": ("questionnaire",)},
    "Flag": {"need": ("code",)},
}
"""Resource type → table → the elements whose codes are looked up in it."""


class Used(NamedTuple):
    """A code of a file: the table it is looked up in, how it fits (`unmapped`: not at all), and in how many places."""

    table: str
    system: str
    code: str
    relation: str
    times: int


def used_codes(adapter: FhirAdapter, source: BinaryIO) -> list[Used]:
    """Every code of a file's records, those that fit worst and come most first. Damaged resources say none."""
    counts = Counter(found for record in adapter.read(source) for found in _asked(record.data))
    used: Counter[tuple[str, str, str, str]] = Counter()
    for (table, coding), times in counts.items():
        relation = adapter.codes.relation(table, coding)
        # What has a line is known; what has none, and not a code's form, might be anything.
        used[table, *(shown(coding) if relation == "unmapped" else coding), relation] += times
    made = [Used(*what, times) for what, times in used.items()]
    return sorted(made, key=lambda each: (each.relation != "unmapped", -each.times, each))


def _asked(data: Any) -> Iterator[tuple[str, Coding]]:
    if not isinstance(data, Gathered):
        return
    for version in data.versions:
        try:
            resource = parse(version.text, version.kind)
        except Rejected:
            continue
        for table, names in ASKED[version.kind].items():
            for name in names:
                yield from ((table, coding) for coding in _codings(name, resource.get(name)))


def _codings(name: str, said: Any) -> list[Coding]:
    if name == "questionnaire":
        return [Coding(QUESTIONNAIRE, said.partition("|")[0])] if isinstance(said, str) else []
    if name == "prediction":
        listed = said if isinstance(said, list) else []
        return [c for each in listed if isinstance(each, dict) for c in codings(each.get("qualitativeRisk"))]
    return codings(said)
