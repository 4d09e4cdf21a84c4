"""How a mapping states what a person answered: several consents stand side by side in one record."""

from collections import Counter
from pathlib import Path

import pytest

from hub.adapters import find
from hub.errors import Stop
from tests.pipe import COLUMNS, MAPPING, Pipe, row, write_mapping, write_table

CONSENTS = (
    MAPPING
    + """
  - event: consent.recorded
    when: [{column: reporting, in: [y, n]}]
    part: {value: reporting}
    fields:
      occurred_on: {column: date, as: date}
      purpose: {value: REPORTING}
      answer: {column: reporting, codes: {y: GRANTED, n: REFUSED}}
      lawful_basis: {value: ART9_2_A}
  - event: consent.recorded
    when: [{column: linkage, in: [y, n]}]
    part: {value: linkage}
    fields:
      occurred_on: {column: date, as: date}
      purpose: {value: LINKAGE}
      answer: {column: linkage, codes: {y: GRANTED, n: REFUSED}}
"""
)


def test_several_answers_of_a_person_stand_side_by_side_in_one_record(pipe: Pipe) -> None:
    mapping = write_mapping(pipe.folder, CONSENTS)
    rows = [{**row(n), "reporting": "yn"[n % 2], "linkage": "n"} for n in range(4)]
    table = write_table(pipe.folder / "consents.csv", rows, (*COLUMNS, "reporting", "linkage"))
    taken = pipe.take_file(table, mapping)
    assert (taken["accepted"], taken["events"]) == (4, 12)
    said = pipe.current("consent_recorded", "part, purpose, answer, lawful_basis")
    assert Counter(said) == {
        ("linkage", "LINKAGE", "REFUSED", "NR"): 4,
        ("reporting", "REPORTING", "GRANTED", "ART9_2_A"): 2,
        ("reporting", "REPORTING", "REFUSED", "ART9_2_A"): 2,
    }
    assert pipe.take_file(table, mapping)["events"] == 0


def test_two_rules_of_one_part_are_refused_by_name(tmp_path: Path) -> None:
    twice = CONSENTS.replace("part: {value: linkage}", "part: {value: reporting}")
    without = "\n".join(line for line in twice.splitlines() if "in: [y, n]" not in line)
    with pytest.raises(Stop, match=r"two rules without a part of their own state consent\.recorded"):
        find(str(write_mapping(tmp_path, without)))
    with pytest.raises(Stop, match="exactly one of column, value"):
        find(str(write_mapping(tmp_path, CONSENTS.replace("{value: linkage}", "{}"))))
