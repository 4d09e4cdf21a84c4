"""The five programmes: facts told from what is made up, due dates kept, ratings computed, people apart from heads."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from examples.programmes import FOLDER, NATIONAL, TOLD, write
from hub.cli.demo import PLANS
from hub.events import NEWEST
from tests.programmes import ACTIVITIES, Programmes, sender, statement
from tests.test_plan_file import read
from tests.test_plan_forms import entries, stated, table, tree

NAMES = [name for names in TOLD.values() for name in names]
REQUIRED = (
    "plan.pillarset", "plan.objectiveset", "plan.measureplanned", "plan.milestoneplanned", "plan.targetset",
    "plan.targetmeasured", "plan.statusreported", "programme.partnerjoined", "programme.placeincluded",
    "instrument.versioned", "framework.gapfound", "framework.recommended", "framework.assessed",
)  # fmt: skip
"""Of each a programme has at least one."""
NEVER_FACTS = {
    "plan.statusreported", "plan.targetmeasured", "plan.milestonereached", "instrument.versioned",
    "framework.gapfound", "framework.recommended", "framework.assessed",
}  # fmt: skip
"""What no public page that we read says of a programme: all of it is made up here."""
CITIES = {
    "Amsterdam": "AMS",
    "Arnhem": "ARN",
    "Den Haag": "HAG",
    "Nijmegen": "NIJ",
    "Rotterdam": "ROT",
    "Utrecht": "UTR",
}
OTHER_SPELLINGS = {"A'dam": "Amsterdam", "'s-Gravenhage": "Den Haag", "R'dam": "Rotterdam"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Programmes:
    return Programmes(tmp_path_factory.mktemp("programmes") / "home")


def test_no_file_of_a_programme_is_left_out(tmp_path: Path) -> None:
    named = {*NAMES, *(name for names in NATIONAL.values() for name in names)}
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.yaml")} == named
    assert {path.relative_to(tmp_path).as_posix() for path in write(tmp_path)} == named
    assert {name: partner for partner, name in PLANS} == {name: sender(name) for name in named}
    for names in (NATIONAL | TOLD).values():
        told = [name for _, name in PLANS if name in names]
        assert tuple(told) == names


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_has_every_kind_of_entry(name: str) -> None:
    counted = Counter(fact.event for fact in statement(name).facts)
    assert [event for event in REQUIRED if not counted[event]] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_says_whether_it_is_a_fact_and_a_fact_says_where_it_stands(name: str) -> None:
    for fact in statement(name).facts:
        basis = fact.data["basis"]
        assert basis in ("PROJECT_FACT", "ILLUSTRATIVE")
        if basis == "PROJECT_FACT":
            assert fact.event not in NEVER_FACTS
            assert "budget_eur" not in fact.data
            if "source" in NEWEST[fact.event].model_fields:
                assert fact.data["source"], (fact.event, fact.part)


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_as_a_table_states_what_its_yaml_form_states(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert stated(read(table(entries(tree(data))))) == stated(read(data))


@pytest.mark.parametrize("plan", TOLD)
def test_a_moved_due_date_is_all_that_an_amended_plan_takes_back(plan: str) -> None:
    before, after = ({(fact.event, fact.part): fact.data for fact in statement(name).facts} for name in TOLD[plan])
    assert before.keys() < after.keys()
    moved = {place for place in before if before[place] != after[place]}
    assert {event for event, _ in moved} <= {"plan.measureplanned", "plan.milestoneplanned", "framework.gapfound"}
    measures = [(before[place], after[place]) for place in moved if place[0] == "plan.measureplanned"]
    assert measures
    assert all(was["due_on"] < now["due_on"] for was, now in measures)


def test_all_programmes_load_and_nothing_is_quarantined(told: Programmes) -> None:
    assert {name: counts["quarantined"] for name, counts in told.first.items() if counts["quarantined"]} == {}
    assert {name: told.first[name]["accepted"] for name in NAMES} == dict.fromkeys(NAMES, 1)
    assert all(told.first[partner]["accepted"] > 50 for partner in ACTIVITIES)


def test_a_programme_told_twice_says_nothing_new(told: Programmes) -> None:
    assert {name: (told.again[name]["unchanged"], told.again[name]["accepted"]) for name in NAMES} == dict.fromkeys(
        NAMES, (1, 0)
    )
    # the delivery is closed anew, and that is all that the log grew by
    assert {told.again[name]["events"] for name in NAMES} <= {0, 1}


@pytest.mark.parametrize("plan", TOLD)
def test_every_due_date_that_was_ever_told_stands_beside_the_one_that_holds(told: Programmes, plan: str) -> None:
    expected = {
        (fact.part, fact.data.get("due_on"))
        for name in TOLD[plan]
        for fact in statement(name).facts
        if fact.event == "plan.measureplanned"
    }
    assert {*told.ask("SELECT measure, due_on FROM public_zone.due_dates WHERE plan = ?", [plan])} == expected
    slipped = "SELECT measure, days_slipped, due_moves FROM public_zone.measures WHERE plan = ? AND days_slipped <> 0"
    moves = Counter(measure for measure, _ in expected)
    assert {measure for measure, _, _ in told.ask(slipped, [plan])} == {m for m, dates in moves.items() if dates > 1}
    assert all(days > 0 and moved == 1 for _, days, moved in told.ask(slipped, [plan]))


def test_the_computed_rating_stands_beside_the_one_that_the_lead_body_gives(told: Programmes) -> None:
    """As of 10 February 2026: by hand, from the files and the rule of domain §7.2."""
    rated = "SELECT plan || ' ' || measure, rag_self, rag_computed, rag_reason FROM public_zone.measures"
    found = {measure: tuple(rest) for measure, *rest in told.ask(rated)}
    assert len(found) == 21
    assert {measure: found[measure] for measure in EXPECTED} == EXPECTED
    assert {rag for _, rag, _ in found.values()} >= {"RED", "AMBER", "BLUE", "GREY"}


EXPECTED = {
    "2G4V M1": ("BLUE", "BLUE", "VERIFIED"),
    "2G4V M2": ("BLUE", "GREEN", "UNVERIFIED"),
    "2G4V M3": ("BLUE", "AMBER", "OFF_PATH"),
    "2G4V M4": ("GREEN", "RED", "BEHIND_PLAN"),
    "STOPP-VIF M2": ("GREEN", "RED", "OVERDUE"),
    "STOPP-VIF M4": ("GREEN", "GREEN", "ON_TRACK"),
    "SAMEN M1": ("GREEN", "GREY", "NO_REPORT"),
    "PROTECT M1": ("BLUE", "BLUE", "VERIFIED"),
}


def test_a_made_up_report_on_a_real_target_says_so(told: Programmes) -> None:
    target = "SELECT target_value, basis, last_value, last_basis FROM public_zone.targets WHERE indicator = ?"
    assert told.ask(target, ["adults_reached"]) == [(500.0, "PROJECT_FACT", 438.0, "ILLUSTRATIVE")]
    measure = "SELECT basis, reported_basis FROM public_zone.measures WHERE plan = 'SAMEN' AND measure = 'M1'"
    assert told.ask(measure) == [("PROJECT_FACT", "ILLUSTRATIVE")]


def test_pilots_show_before_after_and_target(told: Programmes) -> None:
    pilots = """SELECT indicator, baseline_value, last_value, target_value FROM public_zone.targets
        WHERE plan = 'INVICTUS' AND measure = 'M2' ORDER BY indicator"""
    assert told.ask(pilots) == [
        ("assessed_14d_pct", 34.0, 63.0, 70.0),
        ("informed_first_pct", 52.0, 81.0, 85.0),
        ("referred_engaged_pct", 41.0, 58.0, 60.0),
    ]


def test_who_takes_part_and_where_is_as_public_pages_have_it(told: Programmes) -> None:
    places = "SELECT area FROM public_zone.programme_places WHERE plan = ? AND role <> 'COMPARATOR' ORDER BY area"
    assert told.ask(places, ["INVICTUS"]) == [(code,) for code in ("BG", "FI", "FR", "HR", "IT", "PT")]
    assert told.ask(places, ["SAMEN"]) == [(code,) for code in sorted(CITIES.values())]
    assert len(told.ask(places, ["PROTECT"])) == 12
    zone = "SELECT title, kind, role, region FROM public_zone.programme_places WHERE plan = 'STOPP-VIF' ORDER BY area"
    assert [(kind, role) for _, kind, role, _ in told.ask(zone)].count(("MUNICIPALITY", "IMPLEMENTING")) == 4
    assert ("Chaudfontaine", "MUNICIPALITY", "LEAD", "BE33") in told.ask(zone)
    leads = "SELECT organisation FROM public_zone.programme_partners WHERE plan = ? AND role IN ('COORDINATOR', 'LEAD')"
    assert [told.ask(leads, [plan]) for plan in TOLD] == [
        [("VSE",)],
        [("VSE",)],
        [("CHAUDFONTAINE",)],
        [("IOM-NL",)],
        [("IOM-NL",)],
    ]


def test_reach_is_people_apart_from_heads_city_by_city(told: Programmes) -> None:
    """Against a recount of the file in plain Python: each figure leaves as the nearest multiple of five."""
    expected: dict[str, list[int]] = {}
    for row in rows(told.sessions["nl-iom-samen"], ";"):
        if row["Soort"].lower().startswith("workshop"):
            continue  # a training: who attends is at work
        city = CITIES[OTHER_SPELLINGS.get(row["Stad"], row["Stad"])]
        sums = expected.setdefault(city, [0, 0, 0])
        sums[0] += 1
        sums[1] += nearest(row["Aanwezig"])
        sums[2] += nearest(row["Nieuw"])
    reach = """SELECT area, sum(sessions), sum(attendances), sum(new_people) FROM public_zone.programme_reach
        WHERE programme = 'SAMEN' GROUP BY area"""
    found = {area: [int(number) for number in sums] for area, *sums in told.ask(reach)}
    assert set(found) == set(CITIES.values())
    assert found == expected
    assert all(people < heads for _, heads, people in found.values())


def test_sessions_by_language_are_the_same_sessions_cut_another_way(told: Programmes) -> None:
    by = """SELECT sum(sessions), sum(attendances), sum(new_people), sum(sessions_not_counted)
        FROM public_zone.{} WHERE programme = ?"""
    for programme in ("SAMEN", "PROTECT"):
        assert told.ask(by.format("programme_reach"), [programme]) == told.ask(
            by.format("programme_languages"), [programme]
        )
    expected = sum(int(row["Aantal sessies"]) for row in rows(told.sessions["nl-iom-protect"], "\t"))
    assert told.ask(by.format("programme_languages"), ["PROTECT"])[0][0] == expected
    languages = "SELECT DISTINCT language FROM public_zone.programme_languages WHERE programme = 'PROTECT'"
    assert {language for (language,) in told.ask(languages)} >= {"ar", "ti", "fa"}


def test_the_mapping_is_country_by_right_by_group_in_law_and_in_practice(told: Programmes) -> None:
    cells = """SELECT count(*), count(DISTINCT country), count(DISTINCT requirement), count(DISTINCT target_group),
        count(DISTINCT dimension) FROM public_zone.framework_cells WHERE programme = 'PROTECT'"""
    assert told.ask(cells) == [(64, 4, 4, 2, 2)]
    named = """SELECT cells.country FROM public_zone.framework_cells AS cells
        JOIN public_zone.gaps AS gaps ON gaps.programme = cells.programme AND gaps.gap = cells.gap
        WHERE cells.programme = 'PROTECT'"""
    assert told.ask(named) == [("NL",)]


def test_instruments_are_told_apart_by_version(told: Programmes) -> None:
    versions = """SELECT instrument, instrument_version, replaces FROM public_zone.instrument_versions
        WHERE plan = '2G4V' ORDER BY ALL"""
    assert told.ask(versions) == [("INA", "1", None), ("INA", "2", "1"), ("OSA", "1.0", None), ("OSA", "1.1", "1.0")]


def test_a_gap_and_a_recommendation_show_how_their_measures_stand(told: Programmes) -> None:
    gaps = "SELECT gap, measures, measures_done, measures_red FROM public_zone.gaps WHERE plan = '2G4V' ORDER BY gap"
    assert told.ask(gaps) == [("G1", 1, 0, 0), ("G2", 1, 0, 1), ("G3", 1, 0, 1), ("G4", 0, 0, 0)]
    asked = (
        "SELECT urgency, status, measures FROM public_zone.recommendations WHERE plan = '2G4V' ORDER BY recommendation"
    )
    assert told.ask(asked) == [
        ("ENCOURAGES", "PARTLY", 2), ("STRONGLY_ENCOURAGES", "OPEN", 1), ("URGES", "REJECTED", 0),
    ]  # fmt: skip


def rows(path: Path, separator: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list({next(iter(row.values())): row for row in csv.DictReader(file, delimiter=separator)}.values())


def nearest(text: str) -> int:
    return 5 * ((int(text) + 2) // 5) if text.isdecimal() else 0


def test_the_recount_rounds_as_it_says() -> None:
    assert [nearest(text) for text in ("0", "2", "3", "7", "8", "")] == [0, 0, 5, 5, 10, 0]
