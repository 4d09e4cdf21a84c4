"""What became of a referral and of a case, told from the facts of their records, one by one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tests.recount.opened import Fact

DAY = timedelta(days=1)
Within = Mapping[tuple[str, str | None], Sequence[Fact]]
"""Facts of one person at one partner."""


class Life(NamedTuple):
    """A referral."""

    sent: Fact
    days: dict[str, Fact]
    """State → the fact that reached it first."""
    is_accepted: bool
    outcome: str
    contact: Fact | None
    """The first contact held or engagement, on the day of sending or later."""


def lives(standing: Sequence[Fact]) -> list[Life]:
    """Every referral with its states; one that was sent without a part owns all states of its record."""
    states: dict[str, list[Fact]] = {}
    held: dict[tuple[str, str | None], list[Fact]] = {}
    for fact in standing:
        if fact.name.startswith("referral.") and fact.name not in ("referral.sent", "referral.sectoranswered"):
            states.setdefault(fact.stream, []).append(fact)
        elif fact.name == "contact.held":
            held.setdefault((fact.partner, fact.subject), []).append(fact)
    return [_life(fact, states.get(fact.stream, ()), held) for fact in standing if fact.name == "referral.sent"]


def _life(sent: Fact, states: Iterable[Fact], held: Within) -> Life:
    days: dict[str, Fact] = {}
    for fact in sorted(states, key=lambda each: each.first):
        if sent.part in ("", fact.part):
            days.setdefault(fact.name.removeprefix("referral."), fact)
    engaged = days.get("engaged")
    followed = [each for each in held.get((sent.partner, sent.subject), ()) if each.first >= sent.first]
    followed += [engaged] if engaged and engaged.first >= sent.first else []
    return Life(sent, days, *_outcome(sent, days), min(followed, key=lambda each: each.first, default=None))


def _outcome(sent: Fact, days: Mapping[str, Fact]) -> tuple[bool, str]:
    if engaged := days.get("engaged"):
        return True, "ENGAGED_30D" if engaged.first - sent.first <= 30 * DAY else "ENGAGED_LATER"
    if days.keys() & {"accepted", "scheduled", "noshow"}:
        return True, "ACCEPTED"
    for state in ("declined", "failed", "cancelled"):
        if state in days:
            return False, state.upper()
    return ("completed" in days), "ACCEPTED" if "completed" in days else "WAITING"


def to_the_day(*facts: Fact | None) -> bool:
    """Whether all of these are there and their day is known."""
    return all(fact is not None and fact.said.get("occurred_precision", "D") == "D" for fact in facts)


def working_days(start: date, end: date) -> int:
    """Mondays to Fridays after the first day, up to and with the last."""
    return sum((start + n * DAY).weekday() < 5 for n in range(1, (end - start).days + 1))


def bounced(lived: Sequence[Life]) -> dict[int, tuple[bool, int]]:
    """Position of a referral → whether it went back or came a third time, and how many its person had that year."""
    chains: dict[tuple[str, str | None, int], list[Fact]] = {}
    for life in sorted(lived, key=lambda each: (each.sent.first, each.sent.position)):
        chains.setdefault((life.sent.country, life.sent.subject, life.sent.first.year), []).append(life.sent)
    unknown = {"U", "NA", "NR", "REF"}
    found = {}
    for chain in chains.values():
        tiers = [(each.said.get("from_tier", "NR"), each.said.get("to_tier", "NR")) for each in chain]
        for n, (each, (origin, target)) in enumerate(zip(chain, tiers, strict=True)):
            back = n > 0 and origin != target and not {origin, target} & unknown and tiers[n - 1] == (target, origin)
            third = target not in unknown and sum(other == target for _, other in tiers[: n + 1]) >= 3
            found[each.position] = (back or third, len(chain))
    return found


def first_from(opened: Fact, facts: Iterable[Fact]) -> date | None:
    """The first day of these that is not before a case was opened."""
    return min((fact.first for fact in facts if fact.first >= opened.first), default=None)
