"""Consent to reporting: what a person said, when, and which facts an indicator may then count."""

import random
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest

from hub.cli.build import build
from hub.events import codes
from hub.events.base import Happened
from hub.events.case import CaseClosed, CaseOpened
from hub.events.consent import ConsentRecorded, ConsentWithdrawn
from hub.events.contact import ContactHeld
from hub.events.referral import ReferralEngaged, ReferralSent
from hub.settings import Settings
from tests.warehouse_rows import Row, Telling, token

MARCH, APRIL, MAY, JUNE = (date(2025, month, 10) for month in (3, 4, 5, 6))
FOUR = (MARCH, APRIL, MAY, JUNE)


def yes(on: date, purpose: Any = "REPORTING", **more: Any) -> ConsentRecorded:
    return ConsentRecorded(occurred_on=on, purpose=purpose, answer="GRANTED", **more)


def no(on: date, purpose: Any = "REPORTING", **more: Any) -> ConsentRecorded:
    return ConsentRecorded(occurred_on=on, purpose=purpose, answer="REFUSED", **more)


def withdrawn(on: date, purpose: Any = "REPORTING", **more: Any) -> ConsentWithdrawn:
    return ConsentWithdrawn(occurred_on=on, purpose=purpose, **more)


CASES: dict[str, tuple[list[Happened], tuple[date, ...]]] = {
    "who was never asked is counted": ([], FOUR),
    "who said yes is counted": ([yes(MARCH)], FOUR),
    "who said no is not counted from that day on": ([no(APRIL)], (MARCH,)),
    "a withdrawal counts from its own day on": ([yes(MARCH), withdrawn(MAY)], (MARCH, APRIL)),
    "a withdrawal that came into the log first": ([withdrawn(MAY), yes(MARCH)], (MARCH, APRIL)),
    "withdrawn twice": ([yes(MARCH), withdrawn(MAY), withdrawn(JUNE)], (MARCH, APRIL)),
    "withdrawn twice, the earlier day later": ([yes(MARCH), withdrawn(JUNE), withdrawn(MAY)], (MARCH, APRIL)),
    "withdrawn, though a yes was never recorded": ([withdrawn(APRIL)], (MARCH,)),
    "withdrawn before the yes was given": ([withdrawn(APRIL), yes(JUNE)], (MARCH, JUNE)),
    "given and withdrawn on one day": ([yes(APRIL), withdrawn(APRIL)], (MARCH,)),
    "withdrawn and given on one day": ([withdrawn(APRIL), yes(APRIL)], (MARCH,)),
    "withdrawn in a month that is known no better": (
        [withdrawn(date(2025, 4, 1), occurred_precision="M"), yes(date(2025, 4, 20))],
        (MARCH,),
    ),
    "a yes of a month that is known no better": (
        [no(date(2025, 3, 1)), yes(date(2025, 5, 1), occurred_precision="M")],
        (JUNE,),
    ),
    "no to the public is no to the figures": ([yes(MARCH), no(APRIL, recipient="PUBLIC")], (MARCH,)),
    "no to the hub is no to the figures": ([yes(MARCH), no(APRIL, recipient="HUB")], (MARCH,)),
    "no to the police is not": ([no(APRIL, recipient="POLICE")], FOUR),
    "a yes to one recipient does not lift a no to another": (
        [no(APRIL), yes(MAY, recipient="PUBLIC")],
        (MARCH,),
    ),
    "a yes to both does": ([no(APRIL), yes(MAY, recipient="PUBLIC"), yes(MAY, recipient="HUB")], (MARCH, MAY, JUNE)),
    "no to support or referral is not no to reporting": ([no(MARCH, "SERVICE"), no(MARCH, "REFERRAL")], FOUR),
    "no to linkage is not no to reporting": ([withdrawn(MARCH, "LINKAGE")], FOUR),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> "Consents":
    return Consents(tmp_path_factory.mktemp("consents") / "home")


class Consents:
    """One person a case, four contacts each; then a crowd with answers drawn by dice; and the warehouse of it."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        self.crowd: list[tuple[str, str, str, ContactHeld]] = []
        self.answers: dict[tuple[str, str], list[Happened]] = {}
        home.mkdir()
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.begin()
            telling = Telling(connection)
            for name, (answers, _) in CASES.items():
                self._tell(telling, name, answers)
            self._correct(telling)
            self._tell_crowd(telling, random.Random(11))
            self._tell_linked(telling)
            self._tell_lives(telling)
            connection.commit()
        build(self.settings, echo=lambda _: None)

    def ask(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def days_of(self, person: str) -> tuple[date, ...]:
        streams = ", ".join(f"'{token(f'{person} {day}')}'" for day in FOUR)
        query = f"SELECT held_on FROM facts.fct_contacts WHERE stream IN ({streams}) ORDER BY 1"
        return tuple(day for (day,) in self.ask(query))

    def _tell(self, telling: Telling, person: str, answers: list[Happened], partner: str = "pt-apav") -> None:
        for n, answer in enumerate(answers):
            telling.say(f"{person} answer {n}", answer, subject=person, partner=partner)
        for day in FOUR:
            telling.say(f"{person} {day}", ContactHeld(occurred_on=day), subject=person, partner=partner)

    def _correct(self, telling: Telling) -> None:
        self._tell(telling, "corrected to June", [withdrawn(APRIL)])
        telling.say("corrected to June answer 0", withdrawn(JUNE), subject="corrected to June")
        self._tell(telling, "retracted", [withdrawn(APRIL)])
        telling.take_back("retracted answer 0", "consent.withdrawn")
        self._tell(telling, "corrected to yes", [no(APRIL)])
        telling.say("corrected to yes answer 0", yes(APRIL), subject="corrected to yes")
        # one subject at two partners: she said no to one of them
        self._tell(telling, "at two partners", [withdrawn(APRIL)])
        telling.say("elsewhere", ContactHeld(occurred_on=MAY), subject="at two partners", partner="pt-umar")

    def _tell_linked(self, telling: Telling) -> None:
        """One person at two partners of a country that links. From April on she says no to that, at one of them."""
        for partner in ("pt-apav", "pt-umar"):
            for day in FOUR:
                telling.say(f"{partner} {day}", ContactHeld(occurred_on=day), subject="linked", partner=partner)
        telling.say("linked answer", withdrawn(APRIL, "LINKAGE"), subject="linked")

    def _tell_crowd(self, telling: Telling, dice: random.Random) -> None:
        first = date(2025, 1, 1)
        for n in range(400):
            partner, person = dice.choice(["pt-apav", "pt-umar"]), f"crowd {dice.randrange(60)}"
            on = first + timedelta(days=dice.randrange(365))
            said = ContactHeld(**dated(on, dice), channel=dice.choice(["PHONE", "CHAT"]))
            telling.say(f"crowd contact {n}", said, subject=person, partner=partner)
            self.crowd.append((f"crowd contact {n}", partner, person, said))
        for n in range(200):
            partner, person = dice.choice(["pt-apav", "pt-umar"]), f"crowd {dice.randrange(60)}"
            about: dict[str, Any] = dated(first + timedelta(days=dice.randrange(365)), dice)
            about |= {
                "purpose": dice.choice(["REPORTING", "REPORTING", "SERVICE"]),
                "recipient": dice.choice(["ANY", "HUB", "PUBLIC", "POLICE"]),
            }
            answer = dice.choice([None, "GRANTED", "GRANTED", "REFUSED"])
            said_so = ConsentRecorded(**about, answer=answer) if answer else ConsentWithdrawn(**about)
            telling.say(f"crowd answer {n}", said_so, subject=person, partner=partner)
            self.answers.setdefault((partner, person), []).append(said_so)

    def _tell_lives(self, telling: Telling) -> None:
        telling.say("life", ReferralSent(occurred_on=MARCH, direction="OUT"), subject="life")
        telling.say("life", ReferralEngaged(occurred_on=MAY), subject="life")
        telling.say("life case", CaseOpened(occurred_on=MARCH), subject="life")
        telling.say("life case", CaseClosed(occurred_on=MAY), subject="life")
        telling.say("life answer", withdrawn(APRIL), subject="life")
        telling.say("later", ReferralSent(occurred_on=MAY, direction="OUT"), subject="life")
        telling.say("later case", CaseOpened(occurred_on=MAY), subject="life")


def dated(on: date, dice: random.Random) -> dict[str, Any]:
    precision = dice.choice(["D", "D", "D", "M"])
    return {"occurred_on": on.replace(day=1) if precision == "M" else on, "occurred_precision": precision}


def last_day(said: Happened) -> date:
    on = said.occurred_on
    return on.replace(day=monthrange(on.year, on.month)[1]) if said.occurred_precision == "M" else on


def spoken(answer: Happened) -> ConsentRecorded | ConsentWithdrawn:
    assert isinstance(answer, ConsentRecorded | ConsentWithdrawn)
    return answer


def is_counted(answers: list[Happened], fact: Happened) -> bool:
    """The rule once more: no recipient has a no that may hold, unless a yes surely came between it and the fact."""
    for recipient in ("HUB", "PUBLIC"):
        about = [a for a in map(spoken, answers) if a.purpose == "REPORTING" and a.recipient in ("ANY", recipient)]
        given = [a for a in about if getattr(a, "answer", "") == "GRANTED"]
        for refusal in (a for a in about if a not in given):
            lifted = any(y.occurred_on > last_day(refusal) and last_day(y) <= fact.occurred_on for y in given)
            if refusal.occurred_on <= last_day(fact) and not lifted:
                return False
    return True


@pytest.mark.parametrize("name", CASES)
def test_an_answer_holds_from_its_day_on(told: Consents, name: str) -> None:
    assert told.days_of(name) == CASES[name][1]


def test_under_a_no_to_linkage_a_partners_contacts_are_of_somebody_only_it_knows(told: Consents) -> None:
    streams = ", ".join(f"'{token(f'{partner} {day}')}'" for partner in ("pt-apav", "pt-umar") for day in FOUR)
    persons = dict(
        told.ask(
            f"""SELECT held_on, count(DISTINCT subject) FROM facts.fct_contacts
            WHERE stream IN ({streams}) GROUP BY ALL"""
        )
    )
    assert persons == {MARCH: 1, APRIL: 2, MAY: 2, JUNE: 2}
    theirs = told.ask(
        f"""SELECT partner, count(DISTINCT subject) FROM facts.fct_contacts
        WHERE stream IN ({streams}) AND held_on >= '{APRIL}' GROUP BY ALL ORDER BY ALL"""
    )
    assert theirs == [("pt-apav", 1), ("pt-umar", 1)], "at one partner she is one person still"


def test_a_corrected_answer_counts_as_corrected_and_a_retracted_one_not_at_all(told: Consents) -> None:
    assert told.days_of("corrected to June") == (MARCH, APRIL, MAY)
    assert told.days_of("corrected to yes") == FOUR
    assert told.days_of("retracted") == FOUR


def test_a_no_is_said_to_one_partner(told: Consents) -> None:
    found = told.ask(f"SELECT partner, held_on FROM facts.fct_contacts WHERE subject = '{token('at two partners')}'")
    assert sorted(found) == [("pt-apav", MARCH), ("pt-umar", MAY)]


def test_the_cube_equals_a_plain_recount_of_who_may_be_counted(told: Consents) -> None:
    counted = Counter(
        (token(person), partner, f"2025Q{(said.occurred_on.month + 2) // 3}", said.channel)
        for _, partner, person, said in told.crowd
        if is_counted(told.answers.get((partner, person), []), said)
    )
    people = ", ".join(f"'{token(f'crowd {n}')}'" for n in range(60))
    query = f"""SELECT subject, partner, quarter, channel, sum(contacts)::BIGINT
        FROM cubes.contact_contributions WHERE subject IN ({people}) GROUP BY ALL"""
    assert {tuple(found[:4]): found[4] for found in told.ask(query)} == counted
    assert 50 < sum(counted.values()) < len(told.crowd) - 50


def test_what_became_of_her_after_her_no_is_not_known(told: Consents) -> None:
    who = token("life")
    referrals = told.ask(f"SELECT sent_on, engaged_on, outcome FROM facts.fct_referrals WHERE subject = '{who}'")
    assert referrals == [(MARCH, None, "WAITING")]
    cases = told.ask(f"SELECT opened_on, is_open FROM facts.fct_cases WHERE subject = '{who}'")
    assert cases == [(MARCH, True)]
    assert told.ask("SELECT sum(referrals) FROM cubes.referrals_leaf") == [(1,)]


def test_an_answer_is_as_known_at_a_position(told: Consents, tmp_path: Path) -> None:
    (before,) = told.ask(f"SELECT min(position) - 1 FROM raw.consent_withdrawn WHERE subject = '{token('life')}'")
    then = Settings(tmp_path)
    then.warehouse_path.write_bytes(told.settings.warehouse_path.read_bytes())
    build(then, as_known_at=before[0], select="+fct_referrals", echo=lambda _: None)
    with duckdb.connect(str(then.warehouse_path)) as connection:
        query = f"SELECT outcome FROM facts.fct_referrals WHERE subject = '{token('life')}'"
        assert connection.execute(query).fetchall() == [("ENGAGED_LATER",)]


def test_every_recipient_of_the_code_list_is_one_that_any_stands_for(told: Consents) -> None:
    person = token("who said yes is counted")
    found = told.ask(f"SELECT recipient FROM intermediate.int_consents WHERE subject = '{person}'")
    assert {recipient for (recipient,) in found} == {*get_args(codes.ConsentRecipient)} - {"ANY"}
