"""The pages' numbers: each equals a recount of the release, and where there is none, the reason stands in its place."""

import duckdb
import pytest

from dashboards.labels import GLYPHS
from tests import pages, release_fixture
from tests.pages import Open, metric, number, plain, row, texts

release, counted, opened = pages.release, pages.counted, pages.opened
no_search_for_components = pages.no_search_for_components


@pytest.mark.parametrize("quarter", release_fixture.QUARTERS)
def test_the_four_numbers_equal_a_recount(opened: Open, counted: duckdb.DuckDBPyConnection, quarter: str) -> None:
    app = opened(q=quarter)
    here = f"FROM referrals WHERE quarter = '{quarter}'"
    assert metric(app, "referrals") == f"{number(f'SELECT sum(referrals) {here}', counted):,}"
    contacts = number(f"SELECT sum(contacts) FROM contacts WHERE quarter = '{quarter}'", counted)
    assert metric(app, "contacts") == f"{contacts:,}"
    # BG tells outcomes for wider groups only: the share accepted has the cancelled ones in its base, and says so
    taken = number(f"SELECT sum(referrals) {here} AND (outcome LIKE 'ENGAGED%' OR outcome = 'ACCEPTED')", counted)
    everything = number(f"SELECT sum(referrals) {here}", counted)
    assert metric(app, "share_accepted") == f"{taken / everything:.0%} ≠"
    fine = f"{here} AND country <> 'BG'"
    soon = number(f"SELECT sum(referrals) {fine} AND outcome = 'ENGAGED_30D'", counted)
    base = number(f"SELECT sum(referrals) {fine} AND outcome <> 'CANCELLED'", counted)
    assert metric(app, "share_engaged_30d") == f"{soon / base:.0%}"


def test_a_share_leaves_cancelled_referrals_out_where_all_countries_can(
    opened: Open, counted: duckdb.DuckDBPyConnection
) -> None:
    app = opened(cc="PT,NL", q="2025Q4")
    here = "FROM referrals WHERE quarter = '2025Q4' AND country IN ('PT', 'NL')"
    taken = number(f"SELECT sum(referrals) {here} AND (outcome LIKE 'ENGAGED%' OR outcome = 'ACCEPTED')", counted)
    base = number(f"SELECT sum(referrals) {here} AND outcome <> 'CANCELLED'", counted)
    assert metric(app, "share_accepted") == f"{taken / base:.0%}"


def test_the_table_equals_a_recount(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    line = row(opened(q="2025Q4"), "Portugal")
    here = "WHERE quarter = '2025Q4' AND country = 'PT'"
    assert line[1] == f"{number(f'SELECT sum(referrals) FROM referrals {here}', counted):,}"
    assert line[4] == f"{number(f'SELECT sum(contacts) FROM contacts {here}', counted):,}"
    assert line[5] == "✔ complete"


def test_the_change_compares_only_countries_with_the_same_partners(
    opened: Open, counted: duckdb.DuckDBPyConnection
) -> None:
    app = opened(q="2025Q4", cc="PT,NL")  # one of NL's partners was silent the quarter before
    totals = [
        number(f"SELECT sum(referrals) FROM referrals WHERE country = 'PT' AND quarter = '{quarter}'", counted)
        for quarter in ("2025Q4", "2025Q3")
    ]
    difference = totals[0] - totals[1]
    word = "more" if difference > 0 else "fewer"
    assert plain(app.metric[0].delta) == f"{abs(difference):,} {word} than in Q3 2025"


def test_a_coarser_country_is_named_and_left_out(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    app = opened(q="2025Q4", age="18-24")
    assert row(app, "Bulgaria")[1:5] == [GLYPHS["COARSER"]] * 4
    assert "published only for wider groups" in row(app, "Bulgaria")[5]
    assert "Bulgaria ▦" in texts(app)
    fine = "SELECT sum(referrals) FROM referrals WHERE quarter = '2025Q4' AND age_band = '18-24' AND country <> 'BG'"
    assert metric(app, "referrals") == f"{number(fine, counted):,}"


def test_a_wider_group_brings_the_coarser_country_back(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    app = opened(q="2025Q4", age="adult")
    ages = "('18-24', '25-44', '45-64', '65+', 'adult')"
    found = number(f"SELECT sum(referrals) FROM referrals WHERE quarter = '2025Q4' AND age_band IN {ages}", counted)
    assert metric(app, "referrals") == f"{found:,}"
    assert row(app, "Bulgaria")[1] != GLYPHS["COARSER"]


def test_a_code_that_means_more_at_a_coarser_level_is_not_mixed_up(
    opened: Open, counted: duckdb.DuckDBPyConnection
) -> None:
    assert row(opened(q="2025Q4", ctx="OTHER_VIOLENCE"), "Bulgaria")[1] == GLYPHS["COARSER"]
    app = opened(q="2025Q4", ctx="OTHER_VIOLENCE.1")
    wide = "context IN ('SEX', 'THB', 'OTHER_VIOLENCE')"
    found = number(f"SELECT sum(referrals) FROM referrals WHERE quarter = '2025Q4' AND {wide}", counted)
    assert metric(app, "referrals") == f"{found:,}"


def test_absence_has_a_name(opened: Open) -> None:
    app = opened(q="2025Q4")
    assert row(app, "Finland")[1:6] == ["✕", "✕", "✕", "✕", "✕ not delivered"]
    assert row(app, "Croatia")[1:4] == ["–", "–", "–"]
    assert "✕ missing: FI RIKU" in texts(app)
    assert "5 of 6 partners delivered for Q4 2025" in texts(app)
    assert "all numbers are multiples of 5" in texts(app)
    assert "some partners have not delivered" in row(opened(q="2025Q3"), "Netherlands")[5]


def test_a_share_of_few_referrals_is_hidden(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    few = "SELECT sum(referrals) FROM referrals WHERE quarter = '2025Q4' AND country = 'NL' AND sex = 'X'"
    assert 0 < number(few, counted) < 20
    line = row(opened(q="2025Q4", sex="X", cc="NL"), "Netherlands")
    assert line[2:4] == ["◌", "◌"]
    assert "share hidden" in line[5]


def test_the_plans_count_ratings_per_country(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    app = opened(page="views/plans.py")
    counts = app.table[0].value.to_numpy()
    late = number("SELECT count(*) FROM measures WHERE country = 'NL' AND rag_computed = 'RED'", counted)
    assert [plain(value) for value in counts[0]][:2] == ["Netherlands", str(late)]
    assert sum(int(value) for line in counts for value in line[1:]) == number("SELECT count(*) FROM measures", counted)
