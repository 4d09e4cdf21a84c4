"""The worked questions run on the demonstration: seven on its release, three within its enclave."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
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
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(tmp_path_factory.mktemp("demo") / "home")
    run(settings, scale=0.02, seed=1)
    return settings


def answer(demo: Settings, number: int) -> list[dict[str, Any]]:
    enclave, sql = SQL.findall(QUESTIONS[number])[0]
    if not enclave:
        columns, rows = query(demo.release_path, sql)
    else:
        with duckdb.connect(str(demo.warehouse_path), read_only=True) as connection:
            cursor = connection.execute(sql)
            columns, rows = [column[0] for column in cursor.description or []], cursor.fetchall()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_there_are_ten_and_each_has_its_sql_and_says_what_it_does_not_say() -> None:
    assert sorted(QUESTIONS) == list(range(1, 11))
    for number, text in QUESTIONS.items():
        assert len(SQL.findall(text)) == 1, number
        _, _, limits = text.partition("What it does not say:\n")
        assert limits.count("\n- ") >= 3, number


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_an_answer(demo: Settings, number: int) -> None:
    assert isinstance(answer(demo, number), list)
