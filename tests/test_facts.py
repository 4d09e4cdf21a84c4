"""Facts about persons, against a plain recount of what was said: days, chains, closings and contexts, one by one."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import duckdb
import pytest

from hub.events import NEWEST
from hub.projections.raw_tables import table_name
from tests import recounted
from tests.recounted import UNKNOWN, column, contexts_of, first_from, of_her, said
from tests.warehouse_rows import SILENT, STATES, Said, Told, token

told = recounted.told

PERSONAL = {name for name, model in NEWEST.items() if model.personal}
GRAIN = {
    "fct_referrals": "referral.sent", "fct_sector_answers": "referral.sectoranswered", "fct_cases": "case.opened",
    "fct_contacts": "contact.held", "fct_contact_attempts": "contact.attempted", "fct_services": "service.delivered",
    "fct_offences": "offence.disclosed", "fct_protections": "protection.requested",
    "fct_shelter_requests": "shelter.requestrecorded", "fct_shelter_stays": "shelter.staystarted",
    "fct_justice_stages": "justice.stagerecorded",
}  # fmt: skip
"""The facts that are one event each."""


def test_every_event_about_a_person_occurs_in_what_is_recounted(told: Told) -> None:
    heard = {name for _, name, _ in told.standing}
    assert PERSONAL - heard == {"consent.withdrawn"}, "tests/test_consent.py withdraws"
    assert sum(each.person == SILENT for each in told.standing.values()) > 40


@pytest.mark.parametrize("table", GRAIN)
def test_a_fact_is_one_event_that_stands(told: Told, table: str) -> None:
    expected = said(told, GRAIN[table])
    assert len(expected) > 15
    days = {one.position: (token(one.stream), token(str(one.person)), one.event.occurred_precision) for one in expected}
    verb = next(name for name, *_ in told.ask(f"DESCRIBE facts.{table}") if name.endswith("_precision"))
    assert column(told, table, f"stream, subject, {verb}") == days


def test_nobody_who_said_no_stands_in_any_fact(told: Told) -> None:
    tables = [name for (name,) in told.ask("SELECT table_name FROM duckdb_columns() WHERE column_name = 'subject'")]
    facts = [name for name in tables if name.startswith("fct_")]
    assert len(facts) == len(GRAIN) + 4
    her = token(SILENT)
    assert [name for name in facts if told.ask(f"SELECT 1 FROM facts.{name} WHERE subject = '{her}'")] == []
    assert told.ask(f"SELECT 1 FROM staging.stg_hub__offence_disclosed WHERE subject = '{her}'") != []


def test_a_year_alone_has_no_quarter(told: Told) -> None:
    found = column(told, "fct_offences", "year, quarter")
    for one in said(told, "offence.disclosed"):
        day = one.event.occurred_on
        quarter = None if one.event.occurred_precision == "Y" else f"{day.year}Q{(day.month + 2) // 3}"
        assert found[one.position] == (day.year, quarter)


def test_the_first_contact_is_the_partners_own_and_counted_in_working_days(told: Told) -> None:
    found = column(
        told, "fct_referrals", "first_attempt_on, contacted_on, days_to_contact, working_days_to_contact, engaged_on"
    )
    numbers = 0
    for sent in said(told, "referral.sent"):
        day = sent.event.occurred_on
        held = [*of_her(told, sent, "contact.held")]
        tried = [each.event.occurred_on for each in (*held, *of_her(told, sent, "contact.attempted"))]
        engaged = [each for each in said(told, "referral.engaged") if each.stream == sent.stream]
        spoken = {(each.event.occurred_on, each.event.occurred_precision == "D") for each in (*held, *engaged)}
        contacted = first_from(day, (on for on, _ in spoken))
        counted = sent.event.occurred_precision == "D" and (contacted, True) in spoken
        days = [day + timedelta(n) for n in range(1, (contacted - day).days + 1)] if counted and contacted else None
        assert found[sent.position] == (
            first_from(day, iter(tried)),
            contacted,
            len(days) if days is not None else None,
            sum(each.weekday() < 5 for each in days) if days is not None else None,
            min((each.event.occurred_on for each in engaged), default=None),
        )
        numbers += days is not None
    assert numbers > 20


def test_a_chain_is_the_persons_year(told: Told) -> None:
    found = column(told, "fct_referrals", "chain_position, chain_length, is_bounced")
    sent = sorted(said(told, "referral.sent"), key=lambda one: (one.event.occurred_on, one.position))
    for one in sent:
        year = (one.partner[:2], one.person, one.event.occurred_on.year)
        chain = [each for each in sent if (each.partner[:2], each.person, each.event.occurred_on.year) == year]
        place = chain.index(one)
        way = (one.event.from_tier, one.event.to_tier)
        known = not UNKNOWN & {*way} and way[0] != way[1]
        before = chain[place - 1].event if place else None
        back = bool(before and known and (before.to_tier, before.from_tier) == way)
        again = sum(each.event.to_tier == way[1] for each in chain[: place + 1]) >= 3 and way[1] not in UNKNOWN
        assert found[one.position] == (place + 1, len(chain), back or again)


def test_a_state_is_reached_on_its_first_day(told: Told) -> None:
    rows = told.ask("SELECT stream, state, reached_on FROM facts.fct_referral_statuses")
    expected = {(token(one.stream), "SENT"): one.event.occurred_on for one in said(told, "referral.sent")}
    for one in said(told, *(f"referral.{state}" for state in STATES)):
        name = one.event.name.removeprefix("referral.").upper().replace("NOSHOW", "NO_SHOW")
        expected[token(one.stream), name] = one.event.occurred_on
    assert {(stream, state): on for stream, state, on in rows} == expected
    assert len(rows) == len(expected)


def test_what_a_case_is_measured_by_happened_within_it(told: Told) -> None:
    found = column(
        told,
        "fct_cases",
        "closed_on, is_open, days_open, protection_assessed_on, support_assessed_on, risk_assessed_on, informed_on, "
        "measure_granted_on, specialist_engaged_on, specific_needs",
    )
    for opened in said(told, "case.opened"):
        day = opened.event.occurred_on
        closed = [each for each in said(told, "case.closed") if each.stream == opened.stream]
        reopened = [each.event.occurred_on for each in said(told, "case.reopened") if each.stream == opened.stream]
        closing = max((each.event.occurred_on for each in closed), default=None)
        is_open = closing is None or any(on > closing for on in reopened)
        known = {opened.event.occurred_precision, *(each.event.occurred_precision for each in closed)} == {"D"}

        def first(of: Iterator[Said], happened: Callable[[Said], bool], since: date = day) -> date | None:
            return first_from(since, (each.event.occurred_on for each in of if happened(each)))

        measured = [
            *(
                first(of_her(told, opened, "assessment.completed"), lambda each, kind=kind: each.event.kind == kind)
                for kind in ("PROTECTION", "SUPPORT", "RISK")
            ),
            first(of_her(told, opened, "contact.held", "service.delivered"), informs),
            first(of_her(told, opened, "protection.decided"), lambda each: each.event.outcome == "GRANTED"),
            first(of_her(told, opened, "referral.engaged"), lambda each: to_specialist(told, each)),
        ]
        within = [on if is_open or on is None or (closing and on <= closing) else None for on in measured]
        days = (closing - day).days if closing and not is_open and known else None
        protections = [
            each
            for each in of_her(told, opened, "assessment.completed", "assessment.reviewed")
            if each.event.kind == "PROTECTION" and day <= each.event.occurred_on
            and (is_open or (closing and each.event.occurred_on <= closing))
        ]  # fmt: skip
        last = max(protections, key=lambda each: (each.event.occurred_on, each.position), default=None)
        expected = (closing, is_open, days, *within, last and last.event.specific_needs)
        assert found[opened.position] == expected
    assert [sum(row[n] is not None for row in found.values()) > 0 for n in range(2, 10)] == [True] * 8


def informs(one: Said) -> bool:
    given = one.event.services if one.event.name == "contact.held" else (one.event.service,)
    return "INFO_RIGHTS" in given


def to_specialist(told: Told, engaged: Said) -> bool:
    sent = [each for each in said(told, "referral.sent") if each.stream == engaged.stream]
    return any(each.event.to_tier.startswith("SPECIALIST") for each in sent)


def test_a_need_is_as_met_as_was_last_said_and_as_it_was_at_closure(told: Told) -> None:
    needs: dict[tuple[str, str], list[Said]] = {}
    for one in sorted(said(told, "need.statuschanged"), key=lambda one: (one.event.occurred_on, one.position)):
        needs.setdefault((one.stream, one.event.need), []).append(one)
    found = column(told, "fct_needs", "need, found_on, status, status_at_closure")
    assert len(found) == len(needs)
    closures = 0
    for (_, need), changes in needs.items():
        first = changes[0]
        closed = (each.event.occurred_on for each in of_her(told, first, "case.closed"))
        closing = first_from(first.event.occurred_on, closed)
        at_closure = [each.event.status for each in changes if closing and each.event.occurred_on <= closing]
        expected = (need, first.event.occurred_on, changes[-1].event.status, at_closure[-1] if at_closure else None)
        assert found[first.position] == expected
        closures += bool(at_closure)
    assert closures > 5


def test_a_reason_to_assess_again_comes_after_an_assessment_and_counts_once(told: Told) -> None:
    expected: dict[int, tuple[str, date | None]] = {}
    for event, trigger in (("offence.disclosed", "NEW_OFFENCE"), ("protection.breached", "MEASURE_BREACHED")):
        for one in said(told, event):
            first = min((each.event.occurred_on for each in of_her(told, one, "assessment.completed")), default=None)
            if first and one.event.occurred_on > first:
                again = of_her(told, one, "assessment.completed", "assessment.reviewed")
                after = first_from(one.event.occurred_on, (each.event.occurred_on for each in again))
                expected[one.position] = (trigger, after)
    answered = {
        (one.partner, one.person, *expected[one.position])
        for one in said(told, "offence.disclosed", "protection.breached")
        if one.position in expected
    }
    for one in said(told, "assessment.reviewed"):
        reason, on = one.event.trigger, one.event.occurred_on
        if reason not in UNKNOWN | {"SCHEDULED"} and (one.partner, one.person, reason, on) not in answered:
            expected[one.position] = (reason, on)
    assert column(told, "fct_triggers", "trigger, reviewed_on") == expected
    assert len({trigger for trigger, _ in expected.values()}) > 4


def test_a_measure_has_its_first_yes_and_no_and_every_breach(told: Told) -> None:
    found = column(told, "fct_protections", "granted_on, refused_on, decided_on, breached_on, breaches")
    for one in said(told, "protection.requested"):
        same = [
            each
            for each in said(told, "protection.decided", "protection.breached")
            if each.stream == one.stream and each.event.measure == one.event.measure
        ]
        days = {
            outcome: [each.event.occurred_on for each in same if getattr(each.event, "outcome", "BREACHED") == outcome]
            for outcome in ("GRANTED", "REFUSED", "BREACHED")
        }
        firsts = {outcome: min(on, default=None) for outcome, on in days.items()}
        decided = min(days["GRANTED"] + days["REFUSED"], default=None)
        expected = (firsts["GRANTED"], firsts["REFUSED"], decided, firsts["BREACHED"], len(days["BREACHED"]))
        assert found[one.position] == expected


def test_an_event_that_says_nothing_of_the_victim_tells_what_was_last_said_of_her(told: Told) -> None:
    found = column(told, "fct_contact_attempts", "sex, age_band")
    about = [name for name in PERSONAL if "sex" in NEWEST[name].model_fields]
    for one in said(told, "contact.attempted"):
        heard = sorted(of_her(told, one, *about), key=lambda each: (each.event.occurred_on, each.position))
        assert found[one.position] == tuple(newest([getattr(each.event, field) for each in heard]) for field in FIELDS)
    assert len({*found.values()}) > 10


FIELDS = ("sex", "age_band")


def newest(codes: list[str]) -> str:
    return next((code for code in reversed(codes) if code not in UNKNOWN), codes[-1] if codes else "NR")


def test_contexts_are_those_that_follow_from_act_relationship_age_and_tags(told: Told) -> None:
    holding: set[str] = set()
    for table, event in (("fct_offences", "offence.disclosed"), ("fct_contacts", "contact.held")):
        found = column(told, table, "contexts, context")
        for one in said(told, event):
            contexts, context = found[one.position]
            assert {*contexts} == contexts_of(one.event), one.event
            assert {context} & {"IPV", "DV"} == {"IPV", "DV"} & {*contexts}
            holding.update(contexts)
    assert len(holding) > 7


def test_a_stay_ends_where_its_record_says_so(told: Told) -> None:
    rows = told.ask("SELECT stream, part, ended_on FROM facts.fct_shelter_stays")
    ends = {(token(one.stream), one.part): one.event.occurred_on for one in said(told, "shelter.stayended")}
    assert [row for row in rows if row[2] != ends.get((row[0], row[1]))] == []


def test_an_assessment_refused_stands_beside_those_completed(told: Told) -> None:
    expected = {one.position: False for one in said(told, "assessment.completed")}
    expected |= {one.position: True for one in said(told, "assessment.refused")}
    assert column(told, "fct_assessments", "is_refused") == expected
    assert len({*expected.values()}) == 2


def test_no_copy_of_a_person_stands_outside_of_the_warehouse_file(told: Told) -> None:
    home = told.settings.home
    her = token("person 1").encode()
    held = [path for path in home.rglob("*") if path.is_file() and her in path.read_bytes()]
    assert held == [told.settings.warehouse_path], "a forgetting makes this one file anew"
    assert (home / "dbt").is_dir()


def test_every_statement_about_a_person_is_judged(told: Told) -> None:
    events = {table_name(name) for name in PERSONAL if not name.startswith("consent.")}
    assert {event for (event,) in told.ask("SELECT DISTINCT event FROM intermediate.int_standing_facts")} == events
    with duckdb.connect(str(told.settings.warehouse_path), read_only=True) as connection:
        (counted,) = connection.execute("SELECT count(*) FROM intermediate.int_standing_facts").fetchall()
    personal = [one for (_, name, _), one in told.standing.items() if name in PERSONAL and one.person != SILENT]
    assert counted == (sum(not one.event.name.startswith("consent.") for one in personal),)
