"""The example of a table of counts in docs/adapters.md says what the page says, and every key is explained there."""

import re
from pathlib import Path

from hub.adapters.count_file import CellRule, CountFile
from tests.counting import loaded, numbers, taken
from tests.pipe import ROOT

PAGE = (ROOT / "docs" / "adapters.md").read_text("utf-8")
SECTION = PAGE[PAGE.index("## A table of counts") : PAGE.index("## A plan file")]
AS_IN_A_MAPPING = {"counts", "name", "partner", "country", "language", "organisation", "rows_are", "notes", "source",
                   "ignore", "column", "when"}  # fmt: skip


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_example_of_a_table_of_counts(tmp_path: Path) -> None:
    stated, refused = taken(loaded(tmp_path, block("yaml")), block("csv").encode())
    assert refused == []
    assert numbers(stated, "offence", "sex", "obs_status") == [
        ("02012", "F", None, 1_204),
        ("02012", "M", None, 30),
        ("03011", "F", "P", 61),
        ("03011", "M", "Q", None),
        ("NR", "F", None, 0),
        ("NR", "M", "L", None),
    ]


def test_every_key_of_a_counts_file_is_explained() -> None:
    keys = {*CountFile.model_fields, *CellRule.model_fields} - AS_IN_A_MAPPING
    table = "\n".join(line for line in SECTION.splitlines() if line.startswith("|"))
    assert [key for key in sorted(keys) if f"`{key}`" not in table] == []
