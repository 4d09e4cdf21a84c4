"""QuestionnaireResponse and RiskAssessment → an assessment, where the table says which kind the instrument is for.

No answer and no score is read: what leaves is that it was done, by which instrument, and a level that is a code.
"""

from typing import Any

from hub.adapters.base import Fact, Rejected
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_values import happened, target

QUESTIONNAIRE = "Questionnaire"
"""Stands for a system: the codes are the canonical URLs of questionnaires, without a version."""
EXTENT = {"completed": "COMPLETE", "amended": "COMPLETE", "stopped": "PARTIAL"}
"""QuestionnaireResponse.status → how much of it was answered."""
FINAL = frozenset({"final", "amended", "corrected"})
NOT_YET = frozenset({"in-progress", "registered", "preliminary", "cancelled"})
LEVELS = ("EXTREME", "HIGH", "MEDIUM", "LOW", "NONE")


def assessment(said: list[Said], reading: Reading) -> Stated:
    """The facts of one assessment, by its newest version."""
    newest = said[-1]
    status = newest.data["status"]
    if status == "entered-in-error":
        return Stated((), whole=True)
    if status in NOT_YET:
        raise Rejected("did-not-happen", f"{newest.kind}.status")
    if status not in (EXTENT if newest.kind == "QuestionnaireResponse" else FINAL):
        raise Rejected("unknown-code", f"{newest.kind}.status")
    fact = _answered(newest, reading) if newest.kind == "QuestionnaireResponse" else _judged(newest, reading)
    return Stated((Fact("assessment.completed", fact | reading.person),))


def _answered(said: Said, reading: Reading) -> dict[str, Any]:
    data = said.data
    url = data.get("questionnaire", "").partition("|")[0]
    by = target(data.get("source"), reading.by_url) or ""
    return {
        **happened(data.get("authored"), "QuestionnaireResponse.authored"),
        **_instrument({"system": QUESTIONNAIRE, "code": url}, reading, "QuestionnaireResponse.questionnaire"),
        "extent": EXTENT[data["status"]],
        **({"victim_involved": "Y"} if by.startswith("Patient/") else {}),
    }


def _judged(said: Said, reading: Reading) -> dict[str, Any]:
    data = said.data
    on = data.get("occurrenceDateTime") or data.get("occurrencePeriod", {}).get("start")
    levels = reading.codes.mapped(
        "risk_level", [each.get("qualitativeRisk") for each in data.get("prediction", ())], own="risk-level"
    )
    worst = next((level for level in LEVELS if level in levels), None)
    return {
        **happened(on, "RiskAssessment.occurrenceDateTime"),
        **_instrument([data.get("code"), data.get("method")], reading, "RiskAssessment.code"),
        **({"result_level": worst} if worst else {}),
    }


def _instrument(concepts: Any, reading: Reading, place: str) -> dict[str, Any]:
    """Raises Rejected for an instrument that nobody named: a risk of the heart is no risk that we count."""
    kind = reading.codes.one("assessment_kind", concepts, place, own="assessment-kind")
    if kind is None:
        raise Rejected("not-an-assessment", place)
    instrument = reading.codes.one("assessment_instrument", concepts, place, own="assessment-instrument")
    return {"kind": kind} | ({"instrument": instrument} if instrument else {})
