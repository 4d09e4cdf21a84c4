"""Every event of a log, opened, as it now stands: what the second count begins from."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec

from hub.cli.installation import Installation
from hub.projections.base import catch_up
from hub.projections.opening import Page


class Fact(NamedTuple):
    """One statement of one fact."""

    name: str
    position: int
    event_id: str
    stream: str
    version: int
    part: str
    partner: str
    country: str
    subject: str | None
    said: dict[str, Any]

    @property
    def first(self) -> date:
        """The first day that it may have happened on."""
        return date.fromisoformat(self.said["occurred_on"])

    @property
    def last(self) -> date:
        """The last one."""
        precision = self.said.get("occurred_precision", "D")
        if precision == "Y":
            return date(self.first.year, 12, 31)
        if precision == "M":
            return (self.first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return self.first


class Collected:
    """A view that only remembers. Satisfies `View`."""

    name = "second count"

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._place = 0

    def place(self) -> int:
        return self._place

    def apply(self, pages: Iterable[Page]) -> None:
        for page in pages:
            for name, of in page.columns.items():
                for position, event_id, stream, version, header, inside in zip(*of, strict=True):
                    told = msgspec.json.decode(inside)
                    self.facts.append(
                        Fact(
                            *(name, position, event_id.decode(), stream, version, told.get("part") or ""),
                            *(header.tenant, header.country, told.get("subject"), told["data"]),
                        )
                    )
            self._place = page.place


def stated(hub: Installation) -> list[Fact]:
    """Every statement of the log, in its order."""
    view = Collected()
    catch_up(hub.store, hub.vault, view)
    return sorted(view.facts, key=lambda fact: fact.position)


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """What still stands: of a record's fact the newest statement, where its source has not taken it back."""
    newest: dict[tuple[str, str, str], Fact] = {}
    gone = set()
    for fact in facts:
        if fact.name == "record.retracted":
            gone.add(fact.said["retracts"])
        place = (fact.stream, fact.name, fact.part)
        if place not in newest or newest[place].version < fact.version:
            newest[place] = fact
    return [fact for fact in newest.values() if fact.event_id not in gone]


def tellable(facts: Iterable[Fact]) -> list[Fact]:
    """Without what happened on a day on which a no to reporting may have held, to the hub or to the public."""
    facts = list(facts)
    answers: dict[tuple[str, str], list[tuple[str, bool, Fact]]] = {}
    for fact in facts:
        if fact.name in ("consent.recorded", "consent.withdrawn") and fact.said["purpose"] == "REPORTING":
            yes = fact.name == "consent.recorded" and fact.said["answer"] == "GRANTED"
            named = fact.said.get("recipient", "ANY")
            for recipient in ("HUB", "PUBLIC"):
                if named in ("ANY", recipient):
                    answers.setdefault((fact.partner, str(fact.subject)), []).append((recipient, yes, fact))
    return [
        fact
        for fact in facts
        if fact.subject is None or not _refused(fact, answers.get((fact.partner, fact.subject), []))
    ]


def _refused(fact: Fact, answers: list[tuple[str, bool, Fact]]) -> bool:
    for recipient, yes, no in answers:
        if yes:
            continue
        ends = [each.last for other, agreed, each in answers if other == recipient and agreed and each.first > no.last]
        if no.first <= fact.last and (not ends or fact.first < min(ends)):
            return True
    return False
