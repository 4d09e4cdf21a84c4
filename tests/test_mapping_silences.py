"""What a mapping would say wrongly without a word, found by a stranger who wrote one: it is refused by line instead."""

from pathlib import Path

import pytest

from hub.adapters.base import Problem
from hub.adapters.candidates import best_field
from hub.cli.conformance import check as check_adapter
from hub.edge.problems import Problems
from hub.errors import Stop
from tests.mapping_made import made
from tests.pipe import MAPPING, quiet, row, write_mapping, write_table

REFERRALS = """mapping: 1
name: xx_referrals
partner: pt-test
country: PT
language: pt
source: {separator: ";", dates: ["%d-%m-%Y"]}
record: referral
key: [no]
subject: {columns: [case]}
covers: quarter
facts:
  - event: referral.sent
    each: to_tier
    fields:
      occurred_on: {column: day, as: date}
      direction: {value: OUT}
      to_tier: {column: to, split: "+", codes: {aid: GENERIC, shelter: SPECIALIST_GBV}}
  - event: referral.accepted
    when: [{column: answer, in: [s]}]
    fields: {occurred_on: {column: day, as: date}}
"""


def test_an_answer_of_another_part_than_the_referral_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"line 18, facts\.1: referral\.accepted is of another part than referral\.sent"):
        made(tmp_path, REFERRALS)
    one = '    part: {value: "1"}\n'
    alike = (
        REFERRALS.replace("    each: to_tier\n", one)
        .replace('split: "+", ', "")
        .replace("    when:", f"{one}    when:")
    )
    assert made(tmp_path, alike)
    assert made(tmp_path, alike.replace(one, "")), "and none is one"
    answers = alike.replace('value: "1"', 'value: "2"', 1)
    with pytest.raises(Stop, match="give both the same"):
        made(tmp_path, answers)


@pytest.mark.parametrize(("code", "line"), [("NR", 16), ("NA", 16)])
def test_a_word_without_an_answer_does_not_leave_as_a_country(tmp_path: Path, code: str, line: int) -> None:
    nations = REFERRALS.split("  - event: referral.accepted")[0].replace(
        "    each: to_tier\n", ""
    ).replace(
        '      to_tier: {column: to, split: "+", codes: {aid: GENERIC, shelter: SPECIALIST_GBV}}\n',
        f'      nationality: {{column: nation, codes: {{portuguesa: PT, "": {code}}}}}\n',
    )  # fmt: skip
    with pytest.raises(Stop, match=rf"line {line}, .*{code} is a country there: read it as nationality_group"):
        made(tmp_path, nations)
    group = nations.replace("nationality:", "nationality_group:").replace("portuguesa: PT", "portuguesa: NATIONAL")
    assert made(tmp_path, group)


def test_yes_and_no_say_nothing_of_a_field() -> None:
    fields = {"cohabiting": ("Y", "N", "U"), "sex": ("F", "M")}
    assert best_field(["S", "N", "s", "sim"], fields, "pt") is None
    assert best_field(["feminino", "masculino"], fields, "pt") == "sex"


def test_a_golden_file_is_written_when_nothing_else_fails(tmp_path: Path) -> None:
    said = MAPPING.replace("pt-test", "pt-golden")
    mapping, golden = write_mapping(tmp_path, said), tmp_path / "golden.jsonl"
    bad, good = (write_table(tmp_path / f"{n}.csv", rows) for n, rows in enumerate(([row(1, age="old")], [row(1)])))

    def checked(table: Path) -> bool:
        made_of = check_adapter(str(mapping), table, partner=None, golden=golden, seed=0, echo=quiet)
        return made_of[2] is not None

    assert not checked(bad)
    assert not golden.exists()
    assert checked(good)
    assert golden.exists()


def test_a_cell_that_two_facts_read_is_one_to_mend() -> None:
    problems = Problems()
    problems.take("line 90", {"Idade": "199"}, [Problem("out-of-range", "Idade"), Problem("out-of-range", "Idade")])
    problems.take("line 91", {"Idade": "199"}, [Problem("out-of-range", "Idade")])
    (line,) = problems.lines("en")
    assert (line.rows, list(line.first)) == (2, ["line 90", "line 91"])
