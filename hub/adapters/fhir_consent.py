"""Consent → what a person said about the use of her data. What is not simply yes or no is refused."""

from typing import Any

from hub.adapters.base import Fact, Rejected
from hub.adapters.fhir_codes import codings
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_values import happened, target

CONDITIONS = frozenset({
    "action", "actor", "class", "code", "data", "dataPeriod", "documentType", "expression", "period", "provision",
    "resourceType", "securityLabel",
})  # fmt: skip
"""What a provision may be bound to: to leave it out would say more than she did."""
WHOLE = frozenset({"grantee", "period"})
"""What R5 binds a consent as a whole to: who may rely on it, and how long."""
ANSWERS = {"permit": "GRANTED", "deny": "REFUSED"}
NEVER = frozenset({"draft", "proposed", "not-done"})


def consent(said: list[Said], reading: Reading) -> Stated:
    """The facts of one Consent: what was recorded, and that it was withdrawn where the newest version is inactive."""
    newest = said[-1].data
    if newest["status"] == "entered-in-error":
        return Stated((), whole=True)
    if newest["status"] in NEVER:
        raise Rejected("did-not-happen", "Consent.status")
    if newest["status"] not in ("active", "inactive", "rejected"):
        raise Rejected("unknown-code", "Consent.status")
    _refuse_conditions(newest, reading)
    facts: list[Fact] = []
    by = _given_by(said[-1], reading)
    for purpose in _purposes(newest, reading):
        on = happened(newest.get("dateTime") or newest.get("date"), "Consent.dateTime")
        about = {"purpose": purpose, "given_by": by}
        facts.append(Fact("consent.recorded", {**on, **about, "answer": _answer(said[-1], reading)}, purpose))
        if newest["status"] == "inactive":
            until = happened(newest.get("meta", {}).get("lastUpdated"), "Consent.meta.lastUpdated")
            facts.append(Fact("consent.withdrawn", {**until, **about}, purpose))
    return Stated(tuple(facts))


def _refuse_conditions(data: dict[str, Any], reading: Reading) -> None:
    """R5's provisions are exceptions to its decision, and a policy may have restrictions that stand elsewhere."""
    if isinstance(data.get("provision"), list):
        raise Rejected("consent-with-conditions", "Consent.provision")
    if bound := sorted(WHOLE & data.keys()):
        raise Rejected("consent-with-conditions", f"Consent.{bound[0]}")
    if any(reading.codes.relation("consent_answer", each) == "none" for each in codings(data.get("policyRule"))):
        raise Rejected("consent-with-conditions", "Consent.policyRule")


def _purposes(data: dict[str, Any], reading: Reading) -> list[str]:
    provisions = _provisions(data)
    narrow = [each["purpose"] for each in provisions if "purpose" in each]
    concepts = narrow or [data.get("scope"), data.get("category")]
    found = reading.codes.mapped("consent_purpose", concepts, own="consent-purpose")
    if not found:
        raise Rejected("unmapped-purpose", "Consent.category")
    return found


def _provisions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """R4's one provision, if there is one. Raises Rejected where it has conditions."""
    provisions: list[dict[str, Any]] = [data["provision"]] if "provision" in data else []
    # Without a type it is an exception to the policy (HL7's own examples), and what it excepts is no yes.
    if any(CONDITIONS & each.keys() or ("purpose" in each and "type" not in each) for each in provisions):
        raise Rejected("consent-with-conditions", "Consent.provision")
    return provisions


def _answer(said: Said, reading: Reading) -> str:
    data = said.data
    if data["status"] == "rejected":
        return "REFUSED"
    stated = {data["decision"]} if "decision" in data else {p["type"] for p in _provisions(data) if "type" in p}
    policy = reading.codes.one("consent_answer", data.get("policyRule"), "Consent.policyRule", own="consent-answer")
    if len(stated) == 1 and (answer := ANSWERS.get(stated.pop())):
        if answer == "GRANTED" and policy == "REFUSED":
            raise Rejected("codes-disagree", "Consent.policyRule")
        return answer
    if policy:
        return policy
    raise Rejected("no-answer", "Consent.provision")


def _given_by(said: Said, reading: Reading) -> str:
    givers = said.data.get("performer" if said.release == "R4" else "grantor", ())
    kinds = {(target(each, reading.by_url) or "").partition("/")[0] for each in givers}
    return "SELF" if kinds == {"Patient"} else "REPRESENTATIVE" if kinds == {"RelatedPerson"} else "NR"
