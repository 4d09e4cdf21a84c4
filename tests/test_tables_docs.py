"""The examples of `source` in docs/adapters.md are read as the page says."""

import re

import pytest
import yaml

from hub.adapters import json_table, package, sheet
from hub.adapters.source import OF_FORMAT, Source
from hub.adapters.yaml_tree import LOADER
from tests.pipe import ROOT
from tests.tables_read import rows
from tests.workbooks import Written, ods, xlsx

PAGE = (ROOT / "docs" / "adapters.md").read_text("utf-8")
TABLES = PAGE[PAGE.index("## How a table is written") : PAGE.index("## What the edge makes of it")]


def example(title: str) -> tuple[Source, str, list[str]]:
    """The source of a format's section, the file beside it, and the columns that are named after it."""
    section = TABLES[TABLES.index(f"### {title}") :]
    said, *files = re.findall(r"^```\w+\n(.*?)^```", section.split("\n### ")[0], re.MULTILINE | re.DOTALL)
    named = re.search(r"Its columns are (.*?)\.\s", section)
    source = Source.model_validate(yaml.load(said, Loader=LOADER)["source"])
    return source, (files or [""])[0], re.findall(r"`([^`]+)`", named[1]) if named else []


def said(source: Source) -> dict[str, object]:
    return source.model_dump(exclude_unset=True)


def test_the_example_of_delimited_text() -> None:
    source, text, columns = example("Delimited text")
    assert rows(text.encode(), *columns, **said(source)) == [("3 de março de 2024", "2.887", "12", "duas\nlinhas")]


def test_the_example_of_json() -> None:
    source, text, columns = example("JSON and JSON lines")
    assert rows(text.encode(), *columns, **said(source)) == [
        ("R1", "F", "1990-01-02", "PHY|SEX", "2887"),
        ("R2", "M", "", "", ""),
    ]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_example_of_workbooks(form: str) -> None:
    source, _, _ = example("Workbooks")
    cells = [["Bericht"], ["no", "n"], ["R1", 2.887], ["Summe", 2.887]]
    data = (xlsx if form == "xlsx" else ods)({"2024 Q1": Written(cells), "notes": Written([["x"]])})
    assert rows(data, "no", "n", **{**said(source), "format": form}) == [("R1", "2,8870")]


def test_every_key_of_the_source_block_is_explained() -> None:
    table = TABLES[: TABLES.index("**Names.**")]
    assert [key for key in Source.model_fields if f"`{key}`" not in table] == []
    for key, formats in OF_FORMAT.items():
        line = next(line for line in table.splitlines() if f"`{key}`" in line.split(" | ")[0])
        assert set(line.rstrip(" |").rsplit("|", 1)[1].replace(" ", "").split(",")) >= formats - {"tsv"}


def test_the_limits_are_those_of_the_code() -> None:
    limits = TABLES[TABLES.index("### Limits") :]
    for number in (
        package.FILE_BYTES >> 20,
        json_table.FILE_BYTES >> 20,
        json_table.DEEPEST,
        sheet.MOST_CELLS // 10**6,
    ):
        assert f" {number} " in limits
    assert f"{package.PARTS:,}" in limits
