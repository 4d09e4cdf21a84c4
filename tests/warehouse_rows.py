"""Facts as the projection leaves them in the raw tables, and a small made-up country that states some hundreds."""

import hashlib
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, get_args

import duckdb

from hub.cli.build import build
from hub.events import NEWEST, codes
from hub.events.base import Event
from hub.events.case import CaseClosed, CaseOpened
from hub.events.consent import ConsentRecorded
from hub.events.contact import ContactHeld
from hub.events.delivery import DeliveryClosed
from hub.events.plan import (
    MeasurePlanned,
    MilestonePlanned,
    MilestoneReached,
    ObjectiveSet,
    PillarSet,
    PlanAdopted,
    StatusReported,
)
from hub.events.record import RecordRetracted
from hub.events.referral import ReferralSent
from hub.projections.raw_tables import column_name, create_raw_tables, table_name
from hub.settings import Settings
from tests.drawn import drawn
from tests.raw_copies import copied

TODAY = date(2026, 2, 10)
Row = tuple[Any, ...]
SILENT = "person who said no"
"""She does not want to stand in any figure, from the first day of 2025."""
STATES = ("received", "accepted", "declined", "waitlisted", "scheduled", "noshow", "engaged", "cancelled", "completed",
          "failed")  # fmt: skip
LIVES = {
    "assessment": ("completed", "completed", "refused", "reviewed", "reviewed"),
    "offence": ("disclosed",),
    "need": ("statuschanged", "statuschanged", "statuschanged"),
    "protection": ("requested", "decided", "breached"),
    "service": ("delivered",),
    "shelter": ("requestrecorded", "staystarted", "stayended"),
    "justice": ("stagerecorded",),
    "contact": ("attempted",),
    "case": ("opened", "closed", "reopened"),
    "referral": ("sectoranswered",),
}
"""What the records of the made-up country say besides contacts, referrals and plans."""


class Said(NamedTuple):
    """A fact as it now stands. `person`: as a test names her."""

    position: int
    stream: str
    part: str
    partner: str
    person: str | None
    event: Any


def token(text: str) -> str:
    """32 hexadecimal digits that stand for a name a test can read."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Telling:
    """A log of facts, written straight into raw tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        create_raw_tables(connection)
        self._connection = connection
        self._versions: Counter[str] = Counter()
        self._newest: dict[tuple[str, str, str], str] = {}
        self.standing: dict[tuple[str, str, str], Said] = {}
        self.position = 0

    def say(
        self,
        stream: str,
        event: Event,
        *,
        part: str = "",
        subject: str | None = None,
        partner: str = "pt-apav",
        reason: str = "RESTATED",
        known_month: str = "2025-12",
    ) -> str:
        """State a fact, or state it anew: then the new statement corrects the old. Answers its event id."""
        self.position += 1
        self._versions[stream] += 1
        event_id = token(f"event {self.position}")
        corrects = self._newest.get((stream, event.name, part))
        self._newest[stream, event.name, part] = event_id
        self.standing[stream, event.name, part] = Said(self.position, stream, part, partner, subject, event)
        row: dict[str, object] = {
            "position": self.position,
            "event_id": event_id,
            "stream": token(stream),
            "version": self._versions[stream],
            "part": part,
            "corrects": corrects,
            "reason": reason if corrects else None,
            "partner": partner,
            "country": partner[:2].upper(),
            "dataset": "test",
            "known_month": known_month,
            "subject": subject and token(subject),
        }
        row |= {column_name(field): value for field, value in event.model_dump().items()}
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        values = [list(value) if isinstance(value, tuple) else value for value in row.values()]
        self._connection.execute(f"INSERT INTO raw.{table_name(event.name)} ({names}) VALUES ({marks})", values)
        return event_id

    def take_back(self, stream: str, fact: str, part: str = "") -> str:
        """Retract what is now stated of a fact."""
        event_id = self._newest.pop((stream, fact, part))
        del self.standing[stream, fact, part]
        gone = RecordRetracted(retracts=event_id, fact=fact, part=part or None, reason="NO_LONGER_STATED")
        return self.say(stream, gone, part=f"{fact}/{part}")


class Told:
    """A small country: what was said, what of it still stands, and the warehouse that was built of it."""

    def __init__(self, home: Path, database: str | None = None) -> None:
        """`database`: a PostgreSQL to which the rows are copied, and in which they are built too."""
        self.settings = Settings(home, warehouse_url=database)
        self.contacts: dict[tuple[str, str], tuple[str, str, ContactHeld]] = {}
        self.referrals: dict[str, tuple[str, str, ReferralSent, dict[str, date]]] = {}
        home.mkdir()
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.begin()
            telling = Telling(connection)
            dice = random.Random(7)
            self._tell_contacts(telling, dice)
            self.middle = telling.position
            self.contacts_in_the_middle = dict(self.contacts)
            self._take_some_back(telling, dice)
            self._tell_referrals(telling, dice)
            self._tell_cases(telling)
            tell_lives(telling, dice)
            tell_a_plan(telling)
            connection.commit()
        self.standing = telling.standing
        if database:
            copied(self.settings.warehouse_path, database)
        self.steps: list[str] = []
        self.counts = build(self.settings, as_of=TODAY, echo=self.steps.append)

    def _tell_contacts(self, telling: Telling, dice: random.Random) -> None:
        for n in range(300):
            stream, part = f"contact {n // 2}", str(n % 2)
            partner, person = dice.choice(["pt-apav", "pt-umar", "fi-riku"]), f"person {dice.randrange(60)}"
            said = held(dice)
            telling.say(stream, said, part=part, subject=person, partner=partner)
            self.contacts[stream, part] = partner, person, said

    def _take_some_back(self, telling: Telling, dice: random.Random) -> None:
        for key in list(self.contacts)[::7]:
            partner, person, _ = self.contacts[key]
            self.contacts[key] = partner, person, held(dice)
            telling.say(key[0], self.contacts[key][2], part=key[1], subject=person, partner=partner)
        for key in list(self.contacts)[::9]:
            telling.take_back(key[0], "contact.held", key[1])
            del self.contacts[key]

    def _tell_referrals(self, telling: Telling, dice: random.Random) -> None:
        later = {f"referral.{state}": NEWEST[f"referral.{state}"] for state in STATES}
        for n in range(120):
            stream, partner, person = f"referral {n}", dice.choice(["pt-apav", "fi-riku"]), f"person {n % 50}"
            places = ["GENERIC", "SPECIALIST_SV", "SPECIALIST_SV", "NR"]
            tiers = {"from_tier": dice.choice(places), "to_tier": dice.choice(places)}
            mode = dice.choice(get_args(codes.ReferralMode))
            sent = ReferralSent(**about(dice), direction="OUT", mode=mode, **tiers)
            telling.say(stream, sent, subject=person, partner=partner)
            lived = {}
            engaged = ["referral.engaged"] if n % 3 == 0 else []
            for name in sorted({*dice.sample(sorted(later), dice.randrange(4)), *engaged}):
                lived[name] = sent.occurred_on + timedelta(days=dice.choice([0, 5, 29, 30, 31, 90]))
                said = {"occurred_on": lived[name], "occurred_precision": "M" if lived[name].day == 1 else "D"}
                telling.say(stream, drawn(later[name], dice, **said), subject=person, partner=partner)
            if lived and n % 10 == 0:
                name = min(lived)
                telling.take_back(stream, name)
                del lived[name]
            self.referrals[stream] = partner, person, sent, lived

    def _tell_cases(self, telling: Telling) -> None:
        for n in range(3):
            opened = CaseOpened(occurred_on=date(2025, 1, 10), tier="GENERIC", region="PT17")
            telling.say(f"case {n}", opened, subject="person 1")
        telling.say("case 0", CaseClosed(occurred_on=date(2025, 1, 20), needs_met="Y"), subject="person 1")
        telling.say("case 1", CaseClosed(occurred_on=date(2025, 2, 9), needs_met="N"), subject="person 1")

    def ask(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()


def tell_lives(telling: Telling, dice: random.Random) -> None:
    """Every other event about persons, some of them corrected or taken back, and one person who said no to all."""
    no = ConsentRecorded(occurred_on=date(2025, 1, 1), purpose="REPORTING", recipient="ANY", answer="REFUSED")
    telling.say("no", no, subject=SILENT, partner="pt-umar")
    for kind, events in LIVES.items():
        for n in range(60):
            stream, person = f"{kind} of {n}", SILENT if n % 20 == 0 else f"person {n % 15}"
            partner = "pt-umar" if person == SILENT else dice.choice(["pt-umar", "fi-riku", "fi-riku"])
            about = {"partner": partner, "subject": person}
            for part, event in enumerate(events):
                if dice.random() < 0.8:
                    _tell(telling, f"{kind}.{event}", stream, str(part), about, dice)


def _tell(telling: Telling, name: str, stream: str, part: str, about: dict[str, str], dice: random.Random) -> None:
    same: dict[str, dict[str, Any]] = {
        "need": {"need": "SAFETY" if part == "0" else dice.choice(["SAFETY", "LEGAL"])},
        "protection": {"measure": dice.choice(["RESTRAINING", "RESTRAINING", "PHONE_ALARM"])},
        "assessment": {"kind": dice.choice(["PROTECTION", "PROTECTION", "RISK", "SUPPORT"])},
        "service": {"service": dice.choice(["INFO_RIGHTS", "PSYCH"])},
    }
    for _ in range(1 + (dice.random() < 0.1)):
        event = drawn(NEWEST[name], dice, **same.get(name.split(".")[0], {}))
        telling.say(stream, event, part=part, **about)
    if dice.random() < 0.05:
        telling.take_back(stream, name, part)


def about(dice: random.Random) -> dict[str, Any]:
    return {
        "occurred_on": date(2025, 1, 1) + timedelta(days=dice.randrange(365)),
        "sex": dice.choice(get_args(codes.Sex)),
        "age_band": dice.choice(get_args(codes.AgeBand)),
        "region": dice.choice(["PT17", "PT11", "FI1B", "PT", None]),
        "offence": dice.choice(get_args(codes.Offence)),
        "violence_forms": tuple(dice.sample(get_args(codes.ViolenceForm), dice.choice([0, 0, 1, 2]))),
        "relationship": dice.choice(get_args(codes.Relationship)),
        "cohabiting": dice.choice(get_args(codes.YesNo)),
    }


def held(dice: random.Random) -> ContactHeld:
    return ContactHeld(**about(dice), channel=dice.choice(get_args(codes.Channel)))


def tell_a_plan(telling: Telling) -> None:
    real: dict[str, Any] = {"plan": "nap-pt", "basis": "ILLUSTRATIVE"}
    adopted = PlanAdopted(
        **real,
        programme="invictus",
        country="PT",
        level="NATIONAL",
        title="A plan",
        language="en",
        adopted_on=date(2024, 9, 1),
        starts_on=date(2024, 9, 1),
        ends_on=date(2026, 12, 31),
    )
    measure = MeasurePlanned(
        **real,
        objective="1.1",
        measure="1.1.a",
        title="Train the police",
        kind="TRAINING",
        lead_body="Ministry",
        starts_on=date(2025, 1, 1),
        due_on=date(2025, 12, 31),
    )
    step = MilestonePlanned(**real, measure="1.1.a", milestone="m1", title="First course", due_on=date(2025, 6, 30))
    seen = {"evidence": "Report 12", "verified_by": "Court of Audit"}
    reached = MilestoneReached(**real, measure="1.1.a", milestone="m1", done_on=date(2025, 7, 1), **seen)
    report = {"reported_on": date(2026, 1, 20), "status": "ONGOING", "progress_pct": 60, "rag_self": "GREEN"}
    telling.say("nap", adopted)
    telling.say("nap", PillarSet(**real, pillar="1", title="Protect", istanbul_pillar="PROTECT"), part="1")
    telling.say("nap", ObjectiveSet(**real, pillar="1", objective="1.1", title="Better referral"), part="1.1")
    telling.say("nap", measure, part="1.1.a", known_month="2025-01")
    moved = measure.model_copy(update={"due_on": date(2026, 6, 30)})
    telling.say("nap", moved, part="1.1.a", known_month="2025-11", reason="AMENDED")
    telling.say("nap", step, part="m1")
    telling.say("nap", reached, part="m1")
    telling.say("nap", StatusReported(**real, measure="1.1.a", period="2025Q4", **report), part="1.1.a-2025Q4")
    telling.say("closed a", DeliveryClosed(dataset="contacts", period="2025Q1", complete=True, records=80))
    telling.say("closed b", DeliveryClosed(dataset="contacts", period="2025Q2", complete=True, records=0))
