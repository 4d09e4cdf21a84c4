"""The macro that every indicator is a call of: what it counts, what it leaves out, and when it says a range."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.indicators.definition import Comparability, read_all
from tests.indicator_warehouse import ROOT, Figures
from tests.indicators_made import case, offence, referral

DEFINITIONS = {each.id: each for each in read_all(ROOT / "warehouse" / "indicators")}
MAY = date(2025, 5, 5)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    referrals = [
        referral(subject=f"r{n}", is_accepted=n < 6, days_to_engage=n * 10 if n < 5 else None, **engaged(n))
        for n in range(8)
    ]
    referrals += [
        referral(subject="x1", source="U", sex="REF", cancelled_on=MAY, is_accepted=True),
        referral(subject="x2", source="NR", sex=None, decline_reason="NO_CAPACITY", declined_on=MAY),
        referral(subject="x3", decline_reason="NR", declined_on=MAY),
        referral(date(2025, 1, 1), "Y", subject="x4", is_accepted=True),
        referral(date(2025, 12, 30), subject="x5", days_to_engage=3, engaged_on=date(2026, 1, 2)),
        referral(date(2026, 1, 25), subject="x6", is_accepted=True),
    ]
    cases = [case(subject=name, partner=partner, protection_assessed_on=day) for partner, name, day in ASSESSED]
    cases += [case(country="FI", partner="fi-riku", subject="f1", entry_source="POLICE", protection_assessed_on=MAY)]
    cases += [case(country="FI", partner="fi-riku", subject="f1", entry_source="NR")]
    offences = [
        offence(country="FI", partner="fi-riku", subject=f"o{n % 3}", reported_to_police=answer)
        for n, answer in enumerate(["N", "Y", "U", "N", "REF", "U"])
    ]
    facts = {"fct_referrals": referrals, "fct_cases": cases, "fct_offences": offences}
    wanted = [DEFINITIONS[name] for name in ("I01", "I02", "I03", "I05", "I06", "I10", "I15")]
    other = {"comparability": Comparability(grade="B", note="As a test needs it.", differs={"FI": "Counted by hand."})}
    wanted[3] = wanted[3].model_copy(update=other)
    return Figures(tmp_path_factory.mktemp("figures"), wanted, facts)


ASSESSED = [
    ("pt-apav", "a", MAY),
    ("pt-apav", "b", MAY),
    ("pt-apav", "c", None),
    ("pt-apav", "d", date(2025, 5, 20)),
    ("pt-umar", "a", None),
    ("pt-umar", "e", MAY),
]


def engaged(n: int) -> dict[str, Any]:
    return {"engaged_on": date(2025, 5, 5 + n), "days_to_contact": n, "contacted_on": MAY} if n < 5 else {}


def test_a_share_keeps_its_numerator_and_its_denominator(figures: Figures) -> None:
    counted = "numerator, denominator, value, obs_status, reason"
    assert figures.rows(counted, "indicator = 'I01' AND period = '2025Q2' AND breakdown = 'TOTAL'") == [
        (6, 10, 0.6, "A", None)
    ]


def test_what_is_known_by_its_year_alone_is_in_the_year_and_in_no_quarter(figures: Figures) -> None:
    counted = "period, denominator"
    found = dict(figures.rows(counted, "indicator = 'I01' AND breakdown = 'TOTAL' AND period LIKE '2025%'"))
    assert found == {"2025": 12, "2025Q2": 10, "2025Q4": 1}


def test_the_four_kinds_of_unknown_are_rows_of_their_own(figures: Figures) -> None:
    rows = figures.rows("category, denominator", "indicator = 'I01' AND breakdown = 'sex' AND period = '2025Q2'")
    assert rows == [("F", 9), ("NR", 1)]
    rows = figures.rows("category, denominator", "indicator = 'I02' AND breakdown = 'sex' AND period = '2025Q2'")
    assert rows == [("F", 9), ("NR", 1), ("REF", 1)]


def test_what_is_not_known_is_in_no_share_and_is_told(figures: Figures) -> None:
    counted = "numerator, denominator, value, round(known_share, 3), obs_status, reason"
    rows = figures.rows(counted, "indicator = 'I15' AND country = 'FI' AND period = '2025' AND breakdown = 'TOTAL'")
    assert rows == [(1, 2, 0.5, round(2 / 3, 3), "A", None)]
    rows = figures.rows(counted, "indicator = 'I05' AND measure = 'share' AND country = 'FI' AND period = '2025' "
                        "AND breakdown = 'TOTAL'")  # fmt: skip
    assert rows == [(1, 1, 1.0, 0.5, "A", None)]


def test_parts_divide_the_numerator_alone_and_the_unknown_part_has_no_share(figures: Figures) -> None:
    counted = "breakdown, category, numerator, denominator, value, known_share, reason"
    rows = figures.rows(counted, "indicator = 'I06' AND period = '2025Q2' AND breakdown IN ('TOTAL', 'decline_reason')")
    assert rows == [
        ("TOTAL", "TOTAL", 2, 9, 2 / 9, 1.0, None),
        ("decline_reason", "NO_CAPACITY", 1, 9, 1 / 9, 0.5, None),
        ("decline_reason", "NR", 1, None, None, 0.5, "UNKNOWN_PART"),
    ]


def test_a_cohort_counts_who_had_time_and_closes_when_the_last_one_had(figures: Figures) -> None:
    rows = figures.rows("period, numerator, denominator, is_closed, obs_status", "indicator = 'I02' "
                        "AND breakdown = 'TOTAL' AND country = 'PT'")  # fmt: skip
    assert rows == [("2025", 5, 12, True, "A"), ("2025Q2", 4, 11, True, "A"), ("2025Q4", 1, 1, True, "A")]


def test_medians_and_percentiles_say_how_many_they_are_of(figures: Figures) -> None:
    counted = "measure, numerator, denominator, value, round(known_share, 2)"
    rows = figures.rows(counted, "indicator = 'I03' AND unit = 'DAYS' AND breakdown = 'TOTAL' AND period = '2025Q2'")
    assert rows == [
        ("attempt_median", 0, 10, None, 0.0),
        ("contact_median", 5, 10, 2.0, 0.5),
        ("contact_p90", 5, 10, 3.6, 0.5),
    ]


def test_persons_of_several_partners_are_a_range_and_of_one_a_number(figures: Figures) -> None:
    counted = "breakdown, category, numerator, denominator, value, numerator_low, numerator_high, denominator_low, "
    counted += "denominator_high, value_low, value_high, reason"
    of = "indicator = 'I10' AND measure = 'protection' AND period = '2025' AND breakdown IN ('TOTAL', 'partner')"
    rows = figures.rows(counted, f"{of} AND country = 'PT'")
    assert rows == [
        ("TOTAL", "TOTAL", None, None, None, 2, 3, 4, 5, 0.4, 0.75, "SEVERAL_PARTNERS"),
        ("partner", "pt-apav", 2, 4, 0.5, 2, 2, 4, 4, 0.5, 0.5, None),
        ("partner", "pt-umar", 1, 2, 0.5, 1, 1, 2, 2, 0.5, 0.5, None),
    ]
    assert figures.rows("numerator, denominator, value", f"{of} AND country = 'FI' AND breakdown = 'TOTAL'") == [
        (1, 1, 1.0)
    ]


def test_countries_stand_side_by_side_with_a_grade_and_no_value_where_definitions_differ(figures: Figures) -> None:
    query = "SELECT DISTINCT indicator, comparability, obs_status, reason FROM indicators.indicator_comparisons "
    assert figures.ask(f"{query} WHERE period = '2025' AND measure = 'protection' ORDER BY 1, 2, 3") == [
        ("I10", "B", "A", None),
        ("I10", "B", "U", "SEVERAL_PARTNERS"),
    ]
    query = "SELECT country, value, obs_status, reason FROM indicators.indicator_comparisons "
    of = "WHERE indicator = 'I05' AND measure = 'share' AND period = '2025' ORDER BY 1"
    assert figures.ask(f"{query}{of}") == [("FI", None, "D", "DEFINITIONS_DIFFER"), ("PT", 0.0, "A", None)]


def test_the_same_figures_come_out_twice(figures: Figures, tmp_path: Path) -> None:
    keys = "indicator, measure, country, period, breakdown, category"
    assert figures.ask(f"SELECT {keys} FROM indicators.indicator_values GROUP BY ALL HAVING count(*) > 1") == []


def test_nothing_to_count_is_no_figure_and_no_error(tmp_path: Path) -> None:
    empty = Figures(tmp_path, [DEFINITIONS["I01"], DEFINITIONS["I10"]], {"fct_referrals": [], "fct_cases": []})
    assert empty.rows("*") == []
