"""The worked questions run on the demonstration: seven on its release, three within its enclave."""

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hub.cli.demo import run
from hub.release.query import query
from hub.settings import Settings
from tests.pipe import ROOT

PAGE = (ROOT / "docs" / "questions.md").read_text("utf-8")
QUESTION = re.compile(r"^## (\d+)\. (.*?)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SQL = re.compile(r"^```sql( enclave)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUESTIONS = {int(number): text for number, _, text in QUESTION.findall(PAGE)}
Row = dict[str, Any]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(tmp_path_factory.mktemp("demo") / "home")
    run(settings, scale=0.02, seed=1)
    return settings


def sql_of(number: int) -> tuple[bool, str]:
    """Whether a question is asked within the enclave, and its SQL."""
    enclave, sql = SQL.findall(QUESTIONS[number])[0]
    return bool(enclave), sql


def answer(demo: Settings, number: int) -> list[Row]:
    enclave, sql = sql_of(number)
    if not enclave:
        return as_rows(*query(demo.release_path, sql))
    with duckdb.connect(str(demo.warehouse_path), read_only=True) as connection:
        return asked(connection, sql)


def after(demo: Settings, folder: Path, number: int, change: str) -> list[Row]:
    """The answer of a release in which something is otherwise."""
    changed = Path(shutil.copyfile(demo.release_path, folder / "changed.duckdb"))
    with duckdb.connect(str(changed)) as connection:
        connection.execute(change)
    return as_rows(*query(changed, sql_of(number)[1]))


def asked(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    cursor = connection.execute(sql)
    return as_rows([column[0] for column in cursor.description or []], cursor.fetchall())


def as_rows(columns: list[str], rows: list[tuple[Any, ...]]) -> list[Row]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_there_are_ten_and_each_has_its_sql_and_says_what_it_does_not_say() -> None:
    assert sorted(QUESTIONS) == list(range(1, 11))
    for number, text in QUESTIONS.items():
        assert len(SQL.findall(text)) == 1, number
        _, _, limits = text.partition("What it does not say:\n")
        assert limits.count("\n- ") >= 3, number


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_an_answer_on_the_demonstration(demo: Settings, number: int) -> None:
    found = answer(demo, number)
    assert (len(found) > 0) == (number in {1, 2, 3, 4, 6, 8, 9}), "the demonstration has none of the others"
    shares = [value for row in found for name, value in row.items() if name.startswith("share") and value is not None]
    assert all(0 <= share <= 1 for share in shares)
    assert bool(shares) == (number in {1, 2, 8})


def test_a_region_has_a_service_once_one_is_listed_in_it_above_it_or_within_it(demo: Settings, tmp_path: Path) -> None:
    before = {row["area"] for row in answer(demo, 3)}
    given = "INSERT INTO dim_service_regions (area, tier, is_shelter, status) VALUES ('{}', '{}', {}, 'ACTIVE')"
    for area, gone in {"PT": "PT", "PT11": "PT11", "PT112": "PT112"}.items():
        listed = after(demo, tmp_path, 3, given.format(area, "SPECIALIST_GBV", "false"))
        assert {row["area"] for row in listed} == {each for each in before if not each.startswith(gone)} != before
    for tier, shelter in (("GENERIC", "false"), ("SPECIALIST_GBV", "true")):
        assert {row["area"] for row in after(demo, tmp_path, 3, given.format("PT", tier, shelter))} == before


def test_a_delivery_that_did_not_come_is_missing_and_a_first_one_is_not(demo: Settings, tmp_path: Path) -> None:
    gone = "DELETE FROM delivery_status WHERE partner = 'pt-apav' AND quarter = '{}'"
    found = after(demo, tmp_path, 5, gone.format("2025Q3"))
    assert {(row["partner"], row["quarter"]) for row in found} == {("pt-apav", "2025Q3")}
    assert after(demo, tmp_path, 5, gone.format("2025Q1")) == []


def test_a_recommendation_is_answered_by_a_measure_that_is_done(demo: Settings, tmp_path: Path) -> None:
    told = "INSERT INTO recommendations (country, recommendation, measures, measures_done) VALUES ('PT', 'R1', 2, {})"
    waiting = [row for row in after(demo, tmp_path, 6, told.format(0)) if row["recommendation"] == "R1"]
    assert [row["measures"] for row in waiting if row["country"] == "PT"].count(2) == 1
    assert after(demo, tmp_path, 6, told.format(1)) == answer(demo, 6)


def test_people_of_two_partners_are_never_added(demo: Settings, tmp_path: Path) -> None:
    held = """INSERT INTO programme_reach (partner, country, programme, area, year, sessions, attendances, new_people)
        VALUES ('a', 'NL', 'SAMEN', 'NL-X', '2025', 3, 60, 25), ('b', 'NL', 'SAMEN', 'NL-X', '2025', 2, 40, 30)"""
    found = after(demo, tmp_path, 7, held)
    assert [(row["sessions"], row["attendances"], row["at_least_so_many_people"]) for row in found] == [(5, 100, 30)]


def test_places_are_for_ten_thousand_inhabitants_and_units_stay_apart() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA facts; CREATE SCHEMA dimensions")
        connection.execute("""CREATE TABLE facts.fct_shelter_periods AS FROM (VALUES
            ('PT', 2025, 'BED', 700, true), ('PT', 2025, 'BED', 300, true), ('PT', 2025, 'BED', 9, false),
            ('PT', 2025, 'FAMILY_PLACE', 50, true)) AS t (country, year, places_unit, places, counts_in_year)""")
        connection.execute("""CREATE TABLE dimensions.dim_populations AS FROM (VALUES
            ('PT', 2023, 'ALL', 'ALL', true, 5000000), ('PT', 2024, 'ALL', 'ALL', true, 10000000))
            AS t (area, year, sex, age_group, is_country, population)""")
        found = asked(connection, sql_of(10)[1])
    assert [(row["places_unit"], row["places"], row["places_per_10000"]) for row in found] == [
        ("BED", 1000, 1.0),
        ("FAMILY_PLACE", 50, 0.05),
    ]
