"""Ten indicators, counted a second time: each by the words of its definition, one record after the other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from tests.recount.lives import Life, bounced, first_from, lives, to_the_day, working_days
from tests.recount.opened import Fact

UNKNOWN = {"U", "NA", "NR", "REF"}


class Vote(NamedTuple):
    """One record's part in a figure: in its denominator, and in its numerator or not."""

    figure: str
    of: Fact
    counts: bool


Key = tuple[str, str, str, str]
"""Indicator and measure, country, partner, period."""
Figures = dict[Key, tuple[float, float]]
"""Numerator and denominator."""
PERSONS = {"I08 bounced", "I08 chain_of_three", "I10 protection", "I10 support", "I15 share"}


def recounted(standing: Sequence[Fact], as_of: date) -> Figures:
    """Every share by country, partner and period; persons once in each, where any record of theirs counts."""
    votes: dict[Key, dict[object, bool]] = {}
    for figure, of, counts in _votes(standing, as_of):
        who: object = of.subject if figure in PERSONS else of.event_id
        for period in periods(of):
            voters = votes.setdefault((figure, of.country, of.partner, period), {})
            voters[who] = voters.get(who, False) or counts
    return {key: (float(sum(voters.values())), float(len(voters))) for key, voters in votes.items()}


def medians(standing: Sequence[Fact], as_of: date) -> dict[tuple[str, str], float]:
    """Country and period → the median of the days from a referral's sending to its first contact (I03)."""
    days: dict[tuple[str, str], list[int]] = {}
    for life in lives(standing):
        if "cancelled" not in life.days and _ripe(life.sent, 30, as_of) and to_the_day(life.sent, life.contact):
            assert life.contact is not None
            for period in periods(life.sent):
                days.setdefault((life.sent.country, period), []).append((life.contact.first - life.sent.first).days)
    return {key: float(median(values)) for key, values in days.items()}


def periods(fact: Fact) -> list[str]:
    """The year, and the quarter where more than the year is known."""
    quarter = f"{fact.first.year}Q{(fact.first.month + 2) // 3}"
    return [str(fact.first.year)] + ([quarter] if fact.said.get("occurred_precision", "D") != "Y" else [])


def _votes(standing: Sequence[Fact], as_of: date) -> Iterator[Vote]:
    lived = lives(standing)
    yield from _of_referrals(lived, as_of)
    yield from _of_cases(standing, as_of)
    yield from _of_needs(standing)
    for asked in _named(standing, "shelter.requestrecorded"):
        outcome, reason = asked.said["outcome"], asked.said.get("reason", "NR")
        if outcome not in ("U", "NR", "WITHDRAWN"):
            yield Vote("I17 share", asked, outcome == "REFUSED" and reason not in ("CLIENT_WITHDREW", "DUPLICATE"))
            yield Vote("I17 no_room", asked, outcome == "REFUSED" and reason == "NO_CAPACITY")
    for told in _named(standing, "offence.disclosed"):
        known = told.said.get("reported_to_police", "NR")
        if told.said.get("reported_elsewhere") != "HUB_PARTNER" and known in ("Y", "N"):
            yield Vote("I15 share", told, known == "N")


def _of_referrals(lived: Sequence[Life], as_of: date) -> Iterator[Vote]:
    chains = bounced(lived)
    for life in lived:
        sent, engaged = life.sent, life.days.get("engaged")
        back, length = chains[sent.position]
        yield Vote("I08 bounced", sent, back)
        yield Vote("I08 chain_of_three", sent, length >= 3)
        if "cancelled" not in life.days:
            yield Vote("I01 share", sent, life.is_accepted)
        if life.is_accepted or "declined" in life.days:
            yield Vote("I06 share", sent, not life.is_accepted)
        if not _ripe(sent, 30, as_of) or not to_the_day(sent):
            continue
        if engaged is None or to_the_day(engaged):
            soon = engaged is not None and (engaged.first - sent.first).days <= 30
            yield Vote("I02 share", sent, soon)
        if "cancelled" not in life.days and (life.contact is None or to_the_day(life.contact)):
            quick = life.contact is not None and working_days(sent.first, life.contact.first) <= 5
            yield Vote("I03 within_5_working_days", sent, quick)


def _of_cases(standing: Sequence[Fact], as_of: date) -> Iterator[Vote]:
    assessed: dict[tuple[str, str | None, str], list[Fact]] = {}
    for each in _named(standing, "assessment.completed"):
        assessed.setdefault((each.partner, each.subject, each.said["kind"]), []).append(each)
    for opened in _named(standing, "case.opened"):
        source = opened.said.get("entry_source", "NR")
        if source not in UNKNOWN:
            yield Vote("I05 share", opened, source == "POLICE")
        if not _ripe(opened, 14, as_of) or not to_the_day(opened):
            continue
        for kind in ("PROTECTION", "SUPPORT"):
            first = first_from(opened, assessed.get((opened.partner, opened.subject, kind), ()))
            soon = first is not None and (first - opened.first).days <= 14
            yield Vote(f"I10 {kind.lower()}", opened, soon)


def _of_needs(standing: Sequence[Fact]) -> Iterator[Vote]:
    """A need is a part of a record; its state when the person's case is closed is the last one said by that day."""
    closed: dict[tuple[str, str | None], list[date]] = {}
    for each in _named(standing, "case.closed"):
        closed.setdefault((each.partner, each.subject), []).append(each.first)
    found: dict[tuple[str, str], list[Fact]] = {}
    for each in _named(standing, "need.statuschanged"):
        found.setdefault((each.stream, each.said["need"]), []).append(each)
    for changes in found.values():
        changes.sort(key=lambda each: (each.first, each.position))
        first = changes[0]
        ends = [day for day in closed.get((first.partner, first.subject), ()) if day >= first.first]
        if not ends:
            continue
        status = [each for each in changes if each.first <= min(ends)][-1].said["status"]
        if status not in ("REFUSED", "U", "NR"):
            yield Vote("I13 met", first, status == "MET")


def _named(standing: Iterable[Fact], name: str) -> Iterator[Fact]:
    return (fact for fact in standing if fact.name == name)


def _ripe(fact: Fact, days: int, as_of: date) -> bool:
    return fact.first + timedelta(days=days) <= as_of
