"""A transition of Primero (referral, transfer) → the life of a referral. Assignments in an office say nothing."""

from datetime import date
from typing import Any

from hub.adapters.base import Fact, Identifier, Rejected, Statement
from hub.adapters.fields import Problems
from hub.adapters.primero_values import code_of, day_of, is_one_of, text_of

REFERRALS = frozenset({"Referral", "Transfer"})
TRANSITIONS = REFERRALS | {"Assign", "Reassign", "TransferRequest"}
OF_A_CASE = frozenset({"Child", "Case"})
"""Primero calls a case a child, whoever she is."""
ANSWERED = {"ACCEPTED": "referral.accepted", "DECLINED": "referral.declined", "COMPLETED": "referral.accepted"}
"""A referral is done only after it was accepted, and `responded_at` is the day of that (app/models/referral.rb)."""


def referral_statement(key: str, data: dict[str, Any]) -> Statement:
    """What a referral or transfer states. Raises Rejected; `no-fact` for what is neither."""
    if data["type"] not in REFERRALS:
        raise Rejected("no-fact", "type")
    problems: Problems = []
    sent, answered = (day_of(data, name, problems) for name in ("created_at", "responded_at"))
    if sent is None and not problems:
        problems.append(("missing-value", "created_at"))
    status = code_of(data, "status", "transition_status", problems) or "SENT"
    if answered is None and status in ANSWERED and not data.get("responded_at"):
        # Primero before 2.3 kept no day of the answer. None is made up.
        problems.append(("missing-value", "responded_at"))
    if sent and answered and answered < sent:
        problems.append(("impossible-order", "responded_at"))
    case = text_of(data, "record_id", problems) if is_one_of(data, "record_type", OF_A_CASE) else ""
    facts = _facts(data, status, sent, answered, problems)
    if problems:
        raise Rejected.all_of(list(dict.fromkeys(problems)))
    return Statement("referral", key, Identifier("local", case) if case else None, tuple(facts))


def _facts(
    data: dict[str, Any], status: str, sent: date | None, answered: date | None, problems: Problems
) -> list[Fact]:
    if sent is None:
        return []
    said: dict[str, Any] = {"occurred_on": sent, "direction": "OUT"}
    if code_of(data, "consent_individual_transfer", "yes_no", problems) == "Y":
        said["mode"] = "TRANSFER_CONSENT"
    facts = [Fact("referral.sent", said)]
    if answered and status in ANSWERED:
        declined = {"declined_by": "SERVICE"} if status == "DECLINED" else {}
        facts.append(Fact(ANSWERED[status], {"occurred_on": answered} | declined))
    if status in ("COMPLETED", "CANCELLED"):
        facts.append(_ended(data, status, answered or sent, problems))
    return facts


def _ended(data: dict[str, Any], status: str, known: date, problems: Problems) -> Fact:
    """How it ended. Primero keeps no day of that: it was not before the last one known, whose year is stated."""
    said: dict[str, Any] = {"occurred_on": date(known.year, 1, 1), "occurred_precision": "Y"}
    if status == "CANCELLED":
        return Fact("referral.cancelled", said)
    event = "referral.completed"
    if text_of(data, "success_status", problems) == "not_successful":
        event = code_of(data, "reason_not_successful", "referral_failure", problems) or event
    if event == "referral.declined":
        refused = text_of(data, "reason_not_successful", problems) == "client_refused_services"
        said |= (
            {"declined_by": "VICTIM", "reason": "NA"}
            if refused
            else {"declined_by": "SERVICE", "reason": "NO_CAPACITY"}
        )
    return Fact(event, said)
