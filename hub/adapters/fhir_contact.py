"""Encounter → a contact that was held. EpisodeOfCare → a case that was opened, closed, reopened."""

from typing import Any

from hub.adapters.base import Fact, Rejected
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_values import happened, minutes

HELD = frozenset({"finished", "completed", "discharged"})
"""R4 calls an Encounter finished that R5 calls completed, or discharged where only the visit is over."""
NOT_HELD = frozenset({
    "planned", "arrived", "triaged", "in-progress", "on-hold", "onleave", "cancelled", "discontinued",
})  # fmt: skip
A_DAY = 24 * 60
"""Minutes. A stay of days is no contact that lasted as long."""
OPEN, NOT_OPEN = frozenset({"active", "onhold"}), frozenset({"planned", "waitlist", "cancelled"})


def contact(said: list[Said], reading: Reading) -> Stated:
    """The facts of one Encounter, by its newest version."""
    data, status = said[-1].data, said[-1].data["status"]
    if status == "entered-in-error":
        return Stated((), whole=True)
    name = "period" if said[-1].release == "R4" else "actualPeriod"
    period = data.get(name, {})
    duration = minutes(period, f"Encounter.{name}")
    if status in NOT_HELD:
        raise Rejected("did-not-happen", "Encounter.status")
    if status not in HELD:
        raise Rejected("unknown-code", "Encounter.status")
    stated: dict[str, Any] = happened(period.get("start"), f"Encounter.{name}.start")
    if channel := reading.codes.one("channel", data.get("class"), "Encounter.class", own="channel"):
        stated["channel"] = channel
    if services := reading.codes.mapped("service", [data.get("type"), data.get("serviceType")], own="service"):
        stated["services"] = tuple(services)
    if duration is not None and duration <= A_DAY:
        stated["duration_minutes"] = duration
    return Stated((Fact("contact.held", stated | reading.person),))


def case(said: list[Said], reading: Reading) -> Stated:
    """The facts of one EpisodeOfCare, by its newest version."""
    data, status = said[-1].data, said[-1].data["status"]
    if status == "entered-in-error":
        return Stated((), whole=True)
    if status in NOT_OPEN:
        raise Rejected("did-not-happen", "EpisodeOfCare.status")
    if status not in OPEN and status != "finished":
        raise Rejected("unknown-code", "EpisodeOfCare.status")
    period = data.get("period", {})
    minutes(period, "EpisodeOfCare.period")
    opened: dict[str, Any] = happened(period.get("start"), "EpisodeOfCare.period.start")
    if tier := reading.codes.one("tier", data.get("type"), "EpisodeOfCare.type", own="service-tier"):
        opened["tier"] = tier
    facts = [Fact("case.opened", {**opened, "entry_source": reading.profile.source} | reading.person)]
    if (again := _reopened(data)) is not None:
        facts.append(Fact("case.reopened", happened(again, "EpisodeOfCare.statusHistory")))
    if status == "finished":
        facts.append(Fact("case.closed", happened(period.get("end"), "EpisodeOfCare.period.end")))
    return Stated(tuple(facts))


def _reopened(data: dict[str, Any]) -> str | None:
    """When an episode that was finished was active again, for the last time, by its history of statuses."""
    history = sorted(data.get("statusHistory", ()), key=lambda each: str(each["period"].get("start", "")))
    finished, again = False, None
    for each in history:
        if each["status"] == "finished":
            finished = True
        elif each["status"] in OPEN and finished:
            finished, again = False, each["period"].get("start")
    return again
