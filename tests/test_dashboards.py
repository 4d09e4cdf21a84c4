"""The pages, run without a browser: what they show equals a recount of the release, in every language and state."""

import csv
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import words
from dashboards.definitions import ALL
from dashboards.export import cell
from dashboards.labels import GLYPHS
from tests import release_fixture

ROOT = Path(__file__).parents[1]
APP = ROOT / "dashboards" / "app.py"
PAGES = sorted(f"views/{path.name}" for path in (APP.parent / "views").glob("*.py") if path.stem != "__init__")
LANGUAGES = words.languages()
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_fixture.full(tmp_path_factory.mktemp("release") / "release.duckdb")


@pytest.fixture(scope="module", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """Every AppTest reads the metadata of every installed package, which takes longer than the page itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", lambda: [])
        yield


@pytest.fixture
def counted(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(release), read_only=True) as connection:
        yield connection


@pytest.fixture
def opened(release: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    def open_(path: Path = release, page: str = "", **codes: str) -> AppTest:
        monkeypatch.setenv("HUB_RELEASE", str(path))
        app = AppTest.from_file(str(APP), default_timeout=30)
        if page:
            app.switch_page(page)
        for key, code in codes.items():
            app.query_params[key] = code
        return sound(app.run())

    return open_


def sound(app: AppTest) -> AppTest:
    assert not app.exception, [problem.value for problem in app.exception]
    return app


def texts(app: AppTest) -> str:
    """Everything that a run wrote, without the escapes that keep markdown out."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.metric)
    said = [f"{one.value} {getattr(one, 'delta', '')}" for kind in kinds for one in kind]
    said += [html.proto.body for html in app.get("html")]
    said += [str(value) for table in app.table for value in (*table.value.columns, *table.value.to_numpy().flat)]
    return plain("\n".join(said))


def plain(text: object) -> str:
    return re.sub(r"\\(.)", r"\1", str(text))


def metric(app: AppTest, code: str) -> str:
    return plain(app.metric[[one.code for one in ALL].index(code)].value)


def row(app: AppTest, country: str) -> list[str]:
    """A country's line in the overview's table."""
    table = app.table[0].value
    return [plain(value) for value in next(line for line in table.to_numpy() if line[0] == country)]


def number(question: str, connection: duckdb.DuckDBPyConnection) -> int:
    return int((connection.execute(question).fetchone() or [0])[0] or 0)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_every_language(opened: Open, page: str, lang: str) -> None:
    app = opened(page=page, lang=lang)
    assert len(app.title) == 1
    assert app.query_params["lang"] == lang


def test_every_page_asks_another_question(opened: Open) -> None:
    assert len({opened(page=page).title[0].value for page in PAGES}) == len(PAGES) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_release_says_what_will_appear_and_how(opened: Open, tmp_path: Path, page: str, lang: str) -> None:
    app = opened(release_fixture.empty(tmp_path / "empty.duckdb"), page, lang=lang)
    assert app.title[0].value
    assert app.code[0].value.startswith("hub release ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_release_file_is_a_sentence_and_a_command(opened: Open, tmp_path: Path, lang: str) -> None:
    assert opened(tmp_path / "nowhere.duckdb", lang=lang).code[0].value.startswith("hub release ")


@pytest.mark.parametrize("page", PAGES)
def test_a_released_quarter_without_any_number_still_opens(opened: Open, tmp_path: Path, page: str) -> None:
    bare = release_fixture.empty(tmp_path / "bare.duckdb")
    with duckdb.connect(str(bare)) as connection:
        connection.execute("INSERT INTO releases VALUES ('r2025Q3', '2025Q3', DATE '2025-11-15', 1, 5, '{}')")
    assert "r2025Q3" in texts(opened(bare, page))


def test_a_file_that_is_no_release_is_a_sentence(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "torn.duckdb").write_bytes(b"torn" * 5000)
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE something(i INTEGER)")
    for path in (tmp_path / "torn.duckdb", other):
        assert "cannot be read" in texts(opened(path))


def test_a_damaged_table_is_a_sentence_not_a_traceback(opened: Open, release: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copyfile(release, tmp_path / "damaged.duckdb"))
    with duckdb.connect(str(damaged)) as connection:
        connection.execute("ALTER TABLE delivery_status DROP COLUMN state")
    assert "cannot be read" in texts(opened(damaged))


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


def test_a_deep_link_with_codes_filters_and_stays_in_the_url(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    app = opened(q="2025Q3", cc="PT,NL", ctx="IPV", sex="F", age="18-24", lang="pt")
    there = "quarter = '2025Q3' AND country IN ('PT', 'NL') AND context = 'IPV' AND sex = 'F' AND age_band = '18-24'"
    found = number(f"SELECT sum(referrals) FROM referrals WHERE {there}", counted)
    assert metric(app, "referrals") == words.Words("pt").number(found)
    assert app.multiselect[0].value == ["NL", "PT"]
    assert dict(app.query_params) == {
        "q": "2025Q3", "cc": "NL,PT", "ctx": "IPV", "sex": "F", "age": "18-24", "lang": "pt",
    }  # fmt: skip


def test_unknown_codes_in_a_url_are_ignored(opened: Open) -> None:
    app = opened(q="1999Q9", cc="XX,PT", ctx="'; DROP TABLE", sex="weiblich", age="7", lang="tlh")
    assert app.query_params["q"] == "2025Q4"
    assert app.query_params["cc"] == "PT"
    assert not {"ctx", "sex", "age"} & set(app.query_params)
    assert [row(app, "Portugal")[0]] == [line[0] for line in app.table[0].value.to_numpy()]


def test_a_filter_writes_its_code_and_the_language_keeps_it(opened: Open) -> None:
    app = opened(q="2025Q4")
    choose(app, "Sex", "F")
    assert app.query_params["sex"] == "F"
    before = metric(app, "referrals")
    choose(app, "Language", "pt")
    assert app.query_params["sex"] == "F"
    assert app.query_params["lang"] == "pt"
    assert metric(app, "referrals") == before.replace(",", "\u00a0")
    assert [box.value for box in app.selectbox if box.label == "Sexo"] == ["F"]


def choose(app: AppTest, label: str, code: str) -> None:
    sound(next(box for box in app.selectbox if box.label == label).set_value(code).run())


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


def test_an_empty_choice_says_so_and_offers_the_way_back(opened: Open) -> None:
    app = opened(q="2025Q4", cc="HR", ctx="THB", sex="X", age="65+")
    assert "Nothing is published for this choice" in app.info[0].value
    sound(next(button for button in app.button if button.label == "Remove all filters").click().run())
    assert not app.info
    assert set(app.query_params) == {"lang", "q"}


def test_the_download_is_what_the_page_shows(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    made: list[bytes] = []
    monkeypatch.setattr(st, "download_button", lambda label, content, *rest, **more: made.append(content()))
    app = opened(q="2025Q4", sex="F")
    lines = list(csv.DictReader(io.StringIO(made[0].decode("utf-8-sig"))))
    assert len(lines) == 4 * 5
    assert {line["release_id"] for line in lines} == {"r2025Q4"}
    assert {(line["sex"], line["sex_label"], line["age"]) for line in lines} == {("F", "Female", "ALL")}
    shown = {(line["country_label"], line["measure"]): line for line in lines}
    assert f"{int(shown['Portugal', 'referrals']['value']):,}" == row(app, "Portugal")[1]
    assert f"{float(shown['Portugal', 'share_accepted']['value']):.0%}" == row(app, "Portugal")[2]
    assert shown["Finland", "contacts"]["state"] == "MISSING"
    assert shown["Finland", "contacts"]["value"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_of_the_download_is_never_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(-5) == -5


def test_the_plans_show_both_ratings_and_every_due_date(opened: Open) -> None:
    app = opened(page="views/plans.py", cc="PT")
    plan = app.table[1].value
    first = [plain(value) for value in plan.to_numpy()[0]]
    assert "▶ On track" in first[2]
    assert "▲ Late or off course ≠" in first[3]
    assert first[6] == "28 Feb 2026, first 30 Jun 2025 (243 days later)"
    history = [[plain(value) for value in line] for line in app.table[2].value.to_numpy()]
    assert [line[1] for line in history] == ["30 June 2025", "31 October 2025", "28 February 2026"]
    assert [line[2] for line in history] == ["–", "123 days later", "120 days later"]
    assert "4 of 5 entries are ILLUSTRATIVE" in texts(app)
    assert "40 (2024)" in texts(app)
    assert "52.5 (2025Q3)" in texts(app)


def test_the_plans_count_ratings_per_country(opened: Open, counted: duckdb.DuckDBPyConnection) -> None:
    app = opened(page="views/plans.py")
    counts = app.table[0].value.to_numpy()
    late = number("SELECT count(*) FROM measures WHERE country = 'NL' AND rag_computed = 'RED'", counted)
    assert [plain(value) for value in counts[0]][:2] == ["Netherlands", str(late)]
    assert sum(int(value) for line in counts for value in line[1:]) == number("SELECT count(*) FROM measures", counted)


def test_the_plans_are_filtered_by_rating(opened: Open) -> None:
    app = opened(page="views/plans.py", rag="RED,NOSUCH", cc="PT")
    assert len(app.table[1].value) == 1
    assert "No measure has this rating" not in texts(app)
    none = opened(page="views/plans.py", cc="FI")
    assert "No action plan is published" in texts(none)


def test_the_about_page_lists_every_release(opened: Open) -> None:
    app = opened(page="views/data.py")
    assert [plain(line[0]) for line in app.table[-1].value.to_numpy()] == ["r2025Q4", "r2025Q3", "r2025Q2", "r2025Q1"]
    assert "If 7 people were counted, 5 or 10 is published, never 7" in texts(app)


def test_a_swapped_file_is_seen_at_once(opened: Open, release: Path, tmp_path: Path) -> None:
    live = Path(shutil.copyfile(release, tmp_path / "live.duckdb"))
    app = opened(live, q="2025Q4")
    before = metric(app, "referrals")
    fresh = Path(shutil.copyfile(release, tmp_path / "fresh.duckdb"))
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("DELETE FROM referrals WHERE country = 'PT' AND quarter = '2025Q4'")
    os.replace(fresh, live)
    assert metric(sound(app.run()), "referrals") != before
