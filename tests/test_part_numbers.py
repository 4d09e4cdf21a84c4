"""What a cell may say that tells facts apart: a number leaves, and no name does, by columns or by rows."""

from pathlib import Path

import pytest

from hub.adapters.mapping import load_mapping
from hub.adapters.part_numbers import is_numbering
from tests.delivered import cells, left, table
from tests.pipe import MAPPING, write_mapping


@pytest.mark.parametrize("text", ["", "1", "12", "2025", "A", "A1", "PT-0012", "PT150", "3b", "V-7"])
def test_the_numbers_of_facts_leave(text: str):
    assert is_numbering(text)


@pytest.mark.parametrize(
    "text",
    ["Ann", "AB", "Jo", "Ivanova", "Ann1990", "HOME", "А1", "é1", "١", "1 2", "1\n", "12.03.85", "2025-03", "19850312",
     "612345678", "-", "A-", "@1"],
)  # fmt: skip
def test_what_could_name_somebody_does_not(text: str):
    assert not is_numbering(text)


def test_a_name_in_a_part_is_refused_at_its_place_and_a_number_leaves(tmp_path: Path):
    rule = "  - {event: contact.held, part: {column: name}, fields: {occurred_on: {column: date, as: date}}}\n"
    adapter = load_mapping(write_mapping(tmp_path, MAPPING.replace("ignore: [name]\n", "") + rule))
    found = left(adapter, table([*cells(1, name="A2"), *cells(2, name="Ivanova"), *cells(3, name=" 3 ")]))
    assert sorted([part for _, part, _ in row[2]] for row in found.rows) == [[], ["", "3"], ["", "A2"]]
    assert [(r.position, r.rule) for r in found.closing.refusals] == [("line 3", "bad-part")]
    assert "Ivanova" not in repr((found.rows, found.closing))
