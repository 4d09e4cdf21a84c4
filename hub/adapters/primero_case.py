"""A case of Primero → when it was opened, closed and opened again, its follow-ups, and what she consented to."""

from collections import Counter
from datetime import date
from typing import Any

from hub.adapters.base import Fact, Identifier, Rejected, Statement
from hub.adapters.fields import Problems
from hub.adapters.gbvims_codes import Unknown, crosswalks
from hub.adapters.gbvims_incident import SEVERAL
from hub.adapters.primero_values import code_of, day_of, rows_of, text_of
from hub.adapters.spelling import country_of

CLOSED_BECAUSE = {
    "closure_tranferred_organization": "TRANSFERRED", "closure_survivor_left_area": "MOVED",
    "closure_survivor_contact": "NO_CONTACT", "closure_survivor_request_close": "CLIENT_REQUEST",
    "closure_funding_constraints": "FUNDING", "closure_case_plan_complete": "PLAN_DONE",
    "closure_needs_met": "NEEDS_MET", "closure_no_further_support": "NEEDS_MET",
}  # fmt: skip
"""Ticks of the closure form → the reason. Of several ticks the first here is stated: what ended the work comes before
what was reached by it, and that her needs were met is stated beside it."""
SHARED_WITH = {
    "security": "POLICE", "psychosocial": "SPECIALIST_VS", "health": "HEALTH", "safehouse": "SHELTER", "legal": "LEGAL",
    "protection": "CHILD_PROTECTION", "livelihoods": "LIVELIHOOD", "other": "OTHER",
}  # fmt: skip
"""`consent_to_share_info_by_<sector>` → to whom."""


def case_statement(key: str, data: dict[str, Any]) -> Statement:
    """What a case states. Its person is known by the case's own id, which referrals and incidents name too.

    Without consent to reporting only the answers on consent are stated.
    """
    problems: Problems = []
    opened = day_of(data, "registration_date", problems) or day_of(data, "created_at", problems)
    if opened is None and not problems:
        problems.append(("missing-value", "registration_date"))
    status = code_of(data, "status", "case_status", problems)
    if text_of(data, "status", problems) == "duplicate":
        problems.append(("duplicate-record", "status"))
    facts = []
    if opened:
        facts = _consents(data, opened, problems)
        if code_of(data, "consent_reporting", "yes_no", problems) != "N":
            facts += [_opened(data, opened, problems), *_reopened(data, problems)]
            facts += [*_closed(data, status, opened, problems), *_contacts(data, problems)]
    if problems:
        raise Rejected.all_of(list(dict.fromkeys(problems)))
    return Statement("case", key, Identifier("local", key), tuple(facts))


def _opened(data: dict[str, Any], opened: date, problems: Problems) -> Fact:
    stated: dict[str, Any] = {"occurred_on": opened}
    if sex := code_of(data, "sex", "sex", problems):
        stated["sex"] = sex
    age, born = text_of(data, "age", problems), day_of(data, "date_of_birth", problems)
    if age.isdecimal() and len(age) <= 3:
        stated["age"] = int(age)
    elif age:
        problems.append(("not-an-integer", "age"))
    elif born and born > opened:
        problems.append(("impossible-order", "date_of_birth"))
    elif born:
        stated["birth_on"] = born
    origin = text_of(data, "country_of_origin", problems)
    if group := code_of(data, "gbv_displacement_status", "nationality_group", problems):
        stated["nationality_group"] = group
    elif country := country_of(origin):
        stated["nationality"] = country
    elif origin:
        problems.append(("unknown-code", "country_of_origin"))
    return Fact("case.opened", stated)


def _closed(data: dict[str, Any], status: str | None, opened: date, problems: Problems) -> list[Fact]:
    if status != "CLOSED":
        return []
    day = day_of(data, "date_closure", problems)
    if day is None:
        problems.append(("missing-value", "date_closure"))
        return []
    if day < opened:
        problems.append(("impossible-order", "date_closure"))
    ticked = {name: code_of(data, name, "yes_no", problems) for name in CLOSED_BECAUSE}
    reason = next((CLOSED_BECAUSE[name] for name, answer in ticked.items() if answer == "Y"), None)
    if text_of(data, "status", problems) == "transferred":
        reason = "TRANSFERRED"
    met = ticked["closure_needs_met"]
    stated: dict[str, Any] = {"occurred_on": day}
    stated |= {"reason": reason} if reason else {}
    stated |= {"needs_met": met} if met in ("Y", "N") else {}
    return [Fact("case.closed", stated)]


def _reopened(data: dict[str, Any], problems: Problems) -> list[Fact]:
    days = {day_of(row, "reopened_date", problems) for row in rows_of(data, "reopened_logs", problems)}
    return [Fact("case.reopened", {"occurred_on": day}, day.isoformat()) for day in sorted(filter(None, days))]


def _contacts(data: dict[str, Any], problems: Problems) -> list[Fact]:
    """The follow-ups. Two of one day are told apart by their number, never by Primero's own id of them."""
    held = []
    for row in rows_of(data, "gbv_follow_up_subform_section", problems):
        day = day_of(row, "followup_date", problems)
        if day is None:
            if row.get("followup_date") in (None, ""):
                problems.append(("missing-value", "followup_date"))
            continue
        held.append((day, _services(row, problems)))
    seen: Counter[date] = Counter()
    facts = []
    for day, services in sorted(held):
        seen[day] += 1
        part = day.isoformat() if seen[day] == 1 else f"{day.isoformat()}.{seen[day]}"
        facts.append(Fact("contact.held", {"occurred_on": day, "services": services}, part))
    return facts


def _services(row: dict[str, Any], problems: Problems) -> tuple[str, ...]:
    found = set()
    for text in filter(None, text_of(row, "service_type_provided", problems).split(SEVERAL)):
        try:
            found.add(crosswalks()["service"].read(text))
        except Unknown:
            problems.append(("unknown-code", "service_type_provided"))
    return tuple(sorted(code for code in found if code))


def _consents(data: dict[str, Any], opened: date, problems: Problems) -> list[Fact]:
    """One fact a purpose and recipient, as asked. A question without an answer is no answer."""
    asked = [("consent_reporting", "REPORTING", "ANY"), ("consent_for_services", "SERVICE", "ANY")]
    asked += [(f"consent_to_share_info_by_{name}", "REFERRAL", recipient) for name, recipient in SHARED_WITH.items()]
    facts = []
    for field, purpose, recipient in asked:
        answer = code_of(data, field, "yes_no", problems)
        if answer in ("Y", "N"):
            said = {"purpose": purpose, "recipient": recipient, "answer": "GRANTED" if answer == "Y" else "REFUSED"}
            facts.append(Fact("consent.recorded", {"occurred_on": opened} | said, f"{purpose}.{recipient}"))
    return facts
