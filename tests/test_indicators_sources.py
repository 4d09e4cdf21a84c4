"""Indicators of what is reported about nobody: places, calls, plans; and figures that divide by a second source."""

from datetime import date
from typing import Any

import pytest

from hub.indicators.definition import read_all
from tests.indicator_warehouse import ROOT, Figures
from tests.indicators_made import ANYBODY, case, counting, dated, reported

WANTED = ("I04", "I16", "I18", "I19", "I22", "I24", "I26", "I29")
MAY = date(2025, 5, 5)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    definitions = [each for each in read_all(ROOT / "warehouse" / "indicators") if each.id in WANTED]
    facts = {
        "fct_cases": [case(subject=f"p{n}", entry_source="POLICE" if n < 3 else "SELF") for n in range(5)],
        "fct_shelter_periods": places(),
        "fct_helpline_periods": calls(),
        "fct_activities": activities(),
        "fct_milestones": milestones(),
        "fct_contacts": contacts(),
        "fct_indicator_values": published(),
        "indicator_justice_paths": paths(),
        "dim_populations": [
            inhabitants("PT", 2024, 200_000, is_country=True),
            inhabitants("PT", 2026, 999_999, is_country=True),
            inhabitants("PT11", 2024, 150_000, is_country=False),
            inhabitants("PT17", 2024, 50_000, is_country=False),
        ],
    }
    return Figures(tmp_path_factory.mktemp("sources"), definitions, facts)


def inhabitants(area: str, year: int, number: int, *, is_country: bool) -> dict[str, Any]:
    all_of_them = {"sex": "ALL", "age_group": "ALL", "country": "PT", "population": number}
    return {"area": area, "year": year, "is_country": is_country, **all_of_them}


def places() -> list[dict[str, Any]]:
    house = {"stream": "one", "places_unit": "FAMILY_PLACE", "accommodation": "EMERGENCY", "region": "PT"}
    return [
        counting("2025Q1", places=10, days_occupied=45, days_available=90, **house),
        counting("2025Q2", places=14, days_occupied=80, days_available=110, **house),
        counting("2025Q2", places=6, **{**house, "stream": "two"}),
        counting("2025Q2", places=500, days_occupied=9, days_available=10, **{**house, "places_unit": "BED"}),
    ]


def calls() -> list[dict[str, Any]]:
    line = {"line": "116006", "breakdown": "TOTAL"}
    offered = {"calls_offered": 400, "calls_answered": 300, "chats_offered": 100, "chats_answered": 100}
    return [
        counting("2025", **line, **offered),
        counting("2025Q1", **line, **{**offered, "calls_answered": 200}, counts_in_year=False),
        counting("2025", **{**line, "breakdown": "LANGUAGE"}, **offered),
        counting("2025", **line, calls_offered=50),
    ]


def activities() -> list[dict[str, Any]]:
    meeting = {"kind": "INFO_SESSION", "programme": "samen"}
    return [
        reported("2025Q1", new_people=20, **meeting),
        reported("2025Q1", new_people=15, **meeting),
        reported("2025Q1", new_people=30, **{**meeting, "partner": "pt-umar"}),
        reported("2025Q1", **meeting),
    ]


def milestones() -> list[dict[str, Any]]:
    step = {"country": "PT", "partner": "pt-apav", "plan": "nap", "programme": "invictus", "basis": "ILLUSTRATIVE"}
    return [
        {**step, "due_on": date(2026, 1, 31), "weight": 3, "is_current": True},
        {**step, "due_on": date(2026, 6, 30), "weight": 1, "is_current": True},
        {**step, "due_on": date(2025, 1, 1), "weight": 9, "is_current": False},
        {**step, "due_on": date(2025, 1, 1), "weight": 9, "is_current": True, "done_on": MAY},
    ]


def contacts() -> list[dict[str, Any]]:
    regions = ["PT11", "PT17", "PT17", "PT"]
    return [{**ANYBODY, **dated("held", MAY), "subject": f"c{n}", "region": each} for n, each in enumerate(regions)]


def published() -> list[dict[str, Any]]:
    police = {"country": "PT", "partner": "pt-ine", "indicator": "POLICE_VICTIMS", "area": "PT", "period_type": "Y"}
    year = {"year": 2024, "ends_on": date(2024, 12, 31)}
    return [
        {**police, **year, "position": 1, "value": 900.0, "breakdown": []},
        {**police, **year, "position": 2, "value": 60.0, "breakdown": []},
        {**police, **year, "position": 3, "value": 50.0, "breakdown": ["SEX.F"]},
    ]


def paths() -> list[dict[str, Any]]:
    ends = [(False, False, "NA"), (True, False, "NA"), (True, True, "CUSTODIAL"), (True, True, "NR")]
    return [
        {**{key: ANYBODY[key] for key in ("partner", "country", "subject", "sex")}, **dated("reported", MAY),
         "is_charged": charged, "is_convicted": convicted, "sentence": sentence}
        for charged, convicted, sentence in ends
    ]  # fmt: skip


def test_places_are_a_stock_of_one_unit_by_inhabitants_of_the_newest_year_not_later(figures: Figures) -> None:
    counted = "period, measure, numerator, denominator, value"
    assert figures.rows(counted, "indicator = 'I16' AND breakdown = 'TOTAL'") == [
        ("2025", "per_10000", 20, 200_000, 1.0),
        ("2025", "places", 20, None, 20),
        ("2025Q1", "per_10000", 10, 200_000, 0.5),
        ("2025Q1", "places", 10, None, 10),
        ("2025Q2", "per_10000", 20, 200_000, 1.0),
        ("2025Q2", "places", 20, None, 20),
    ]


def test_a_rate_has_no_partner_and_no_category_that_its_second_source_does_not_have(figures: Figures) -> None:
    assert figures.rows("DISTINCT breakdown", "measure IN ('per_10000', 'answered_per_100000')") == [("TOTAL",)]


def test_occupancy_is_of_one_unit_of_places(figures: Figures) -> None:
    counted = "measure, numerator, denominator, value, known_share"
    assert figures.rows(counted, "indicator = 'I18' AND breakdown = 'TOTAL' AND period = '2025'") == [
        ("beds", 9, 10, 0.9, 1.0),
        ("family_places", 125, 200, 0.625, 2 / 3),
    ]


def test_a_year_and_its_quarters_are_not_counted_twice_and_a_language_is_not_added(figures: Figures) -> None:
    counted = "measure, period, numerator, denominator, value, round(known_share, 2)"
    assert figures.rows(counted, "indicator = 'I19' AND breakdown = 'TOTAL'") == [
        ("answered", "2025", 400, 500, 0.8, 0.5),
        ("answered", "2025Q1", 300, 500, 0.6, 1.0),
        ("answered_calls", "2025", 400, None, 400, 0.5),
        ("answered_calls", "2025Q1", 300, None, 300, 1.0),
        ("answered_per_100000", "2025", 400, 200_000, 200, 0.5),
        ("answered_per_100000", "2025Q1", 300, 200_000, 150, 1.0),
        ("offered", "2025", 550, None, 550, 1.0),
        ("offered", "2025Q1", 500, None, 500, 1.0),
    ]


def test_the_newest_publication_without_a_breakdown_is_divided_by(figures: Figures) -> None:
    assert figures.rows("numerator, denominator, value", "indicator = 'I04' AND breakdown = 'TOTAL'") == [(3, 60, 5.0)]


def test_each_step_of_the_funnel_stands_over_the_step_before(figures: Figures) -> None:
    counted = "measure, numerator, denominator, known_share"
    assert figures.rows(counted, "indicator = 'I22' AND breakdown = 'TOTAL' AND period = '2025'") == [
        ("charged", 3, 4, 1.0),
        ("convicted", 2, 3, 1.0),
        ("custodial", 1, 1, 0.5),
        ("reported", 4, None, 1.0),
    ]


def test_an_index_is_a_part_here_by_its_part_there_and_none_of_an_unknown_place(figures: Figures) -> None:
    counted = "category, numerator, denominator, value, obs_status"
    assert figures.rows(counted, "measure = 'region_index' AND breakdown = 'region'") == [
        ("PT", 0, None, None, "L"),
        ("PT11", 1, 2.25, 1 / 2.25, "A"),
        ("PT17", 2, 0.75, 2 / 0.75, "A"),
    ]


def test_people_reached_are_never_added_over_partners(figures: Figures) -> None:
    counted = "breakdown, category, numerator, numerator_low, numerator_high, reason"
    of = "indicator = 'I26' AND period = '2025' AND breakdown IN ('TOTAL', 'partner')"
    assert figures.rows(counted, of) == [
        ("TOTAL", "TOTAL", None, 35, 65, "SEVERAL_PARTNERS"),
        ("partner", "pt-apav", 35, 35, 35, None),
        ("partner", "pt-umar", 30, 30, 30, None),
    ]


def test_what_is_judged_stands_in_the_period_of_that_day_and_is_never_closed(figures: Figures) -> None:
    counted = "measure, period, numerator, denominator, value, obs_status, is_closed"
    assert figures.rows(counted, "indicator = 'I29' AND breakdown = 'TOTAL'") == [
        ("overdue", "2026", 1, 2, 0.5, "P", False),
        ("overdue", "2026Q1", 1, 2, 0.5, "P", False),
        ("weighted_days", "2026", 30, 2, 15, "P", False),
        ("weighted_days", "2026Q1", 30, 2, 15, "P", False),
    ]


def test_figures_about_nobody_are_public_and_those_about_persons_are_not(figures: Figures) -> None:
    public = {row[0] for row in figures.ask("SELECT DISTINCT indicator FROM public_zone.indicator_values")}
    assert public == {"I16", "I18", "I19", "I26", "I29"}
    names = "SELECT count(DISTINCT language), count(*) FROM public_zone.indicators WHERE indicator = 'I16'"
    assert figures.ask(names) == [(8, 16)]
