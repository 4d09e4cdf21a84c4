"""The pages, run without a browser: they open in every language and state, and filters and links say what is shown."""

import csv
import io
import os
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import words
from dashboards.export import cell
from tests import pages, release_fixture
from tests.pages import APP, Open, metric, number, plain, row, sound, texts

release, counted, opened = pages.release, pages.counted, pages.opened
no_search_for_components = pages.no_search_for_components
PAGES = sorted(f"views/{path.name}" for path in (APP.parent / "views").glob("*.py") if path.stem != "__init__")
LANGUAGES = words.languages()


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
