"""The evaluator's question, answered for people, for spreadsheets and for programs."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from tests import release_fixture

ASKED = (
    "SELECT country, sum(contacts) AS contacts, NULL AS nothing, ['a', 'b'] AS two FROM contacts GROUP BY 1 ORDER BY 1"
)


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    release_fixture.full(tmp_path / "release.duckdb")
    monkeypatch.setenv("HUB_HOME", str(tmp_path))

    def asked(sql: str, *options: str) -> Result:
        return CliRunner().invoke(app, ["query", sql, *options])

    return asked


def test_a_question_is_answered_in_each_form(ask, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "release.duckdb"), read_only=True) as connection:
        expected = connection.execute(ASKED).fetchall()
    assert len(expected) > 3
    rows = list(csv.DictReader(io.StringIO(ask(ASKED, "--csv").stdout)))
    assert [(row["country"], int(row["contacts"]), row["nothing"]) for row in rows] == [
        (country, number, "") for country, number, _, _ in expected
    ]
    assert json.loads(rows[0]["two"]) == ["a", "b"]
    answered = json.loads(ask(ASKED, "--json").stdout)
    assert answered["columns"] == ["country", "contacts", "nothing", "two"]
    assert [tuple(row[:2]) for row in answered["rows"]] == [row[:2] for row in expected]
    assert ask(ASKED, "--table").stdout == ask(ASKED).stdout
    assert f"{expected[0][1]:,}" in ask(ASKED).stdout


def test_two_forms_at_once_are_none(ask) -> None:
    assert ask(ASKED, "--csv", "--json").exit_code == 2
    assert ask(ASKED, "--csv", "--table").stdout == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_text_is_no_formula_in_a_spreadsheet_and_a_number_stays_one(ask, text: str) -> None:
    lines = ask(f"SELECT '{text}' AS text, -1 AS number", "--csv").stdout
    assert list(csv.reader(io.StringIO(lines))) == [["text", "number"], [f"'{text}", "-1"]]


def test_a_text_with_commas_quotes_and_lines_comes_back_as_it_was(ask) -> None:
    lines = ask("SELECT 'a, \"b\"\nc' AS text, DATE '2025-01-31' AS day, 0.5 AS share", "--csv").stdout
    assert list(csv.reader(io.StringIO(lines)))[1] == ['a, "b"\nc', "2025-01-31", "0.5"]
