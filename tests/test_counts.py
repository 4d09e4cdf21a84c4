"""A table of counts → events: one unit, one level, no total beside its cells, and a name for every kind of absence."""

import json
from io import BytesIO
from pathlib import Path

import jsonschema
import pytest
import yaml

from hub.adapters.count_file import count_schema
from hub.adapters.count_table import load_counts
from hub.errors import Stop
from hub.events.aggregate import AggregateReported
from tests.counting import COUNTS, HEAD, loaded, numbers, table, taken, written

ROW = "2025Q1;threat;1.204;30;1.234;seen"


def test_each_column_of_counts_is_a_count_of_its_row(tmp_path: Path) -> None:
    stated, refused = taken(loaded(tmp_path), table(ROW, "2025Q1;rape;12;0;12;"))
    assert refused == []
    assert numbers(stated, "offence", "sex") == [
        ("02012", "F", 1_204), ("02012", "M", 30), ("03011", "F", 12), ("03011", "M", 0),
    ]  # fmt: skip
    assert all(each.kind == "aggregate" and each.subject is None for each in stated)
    fact = stated[0].facts[0]
    assert AggregateReported(**{**fact.data, "counted": 1_205}).unit == "PERSON"
    assert fact.data["period"] == "2025Q1"


@pytest.mark.parametrize(
    ("cell", "counted", "status"),
    [
        ("0", 0, None),
        ("-", 0, None),
        (":", None, "L"),
        ("x", None, "M"),
        ("<5", None, "Q"),
        ("c", None, "Q"),
        ("12 b", 12, "B"),
        ("1.200p", 1_200, "P"),
        ("3 c", None, "Q"),
        ("3c", None, "Q"),
    ],
)
def test_zero_not_collected_not_applicable_and_kept_back_are_told_apart(
    tmp_path: Path, cell: str, counted: int | None, status: str | None
) -> None:
    stated, refused = taken(loaded(tmp_path), table(f"2025Q1;threat;{cell};;;"))
    assert refused == []
    (said,) = [each.facts[0].data for each in stated]
    assert (said.get("counted"), said.get("obs_status")) == (counted, status)


def test_an_empty_cell_was_not_delivered_and_nothing_is_stated_of_it(tmp_path: Path) -> None:
    assert taken(loaded(tmp_path), table("2025Q1;threat;;;;", "2025Q1;rape; ;;;")) == ([], [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2025Q1;threat;12 :;;;", "line 2, count 1: status-unclear at women"),
        ("2025Q1;threat;b;;;", "line 2, count 1: missing-value at women"),
        ("2025Q1;threat;many;;;", "line 2, count 1: not-an-integer at women"),
        ("2025Q1;threat;-3;;;", "line 2, count 1: out-of-range at women"),
        ("2025Q1;threat;2,5;;;", "line 2, count 1: not-an-integer at women"),
        ("2025Q1;theft;3;;;", "line 2, count 1: unknown-code at offence"),
        ("2025Q1;;3;;;", "line 2, count 1: missing-value at offence"),
        ("2025;threat;3;;;", "line 2, count 1: not-a-date at when"),
        ("2025Q5;threat;3;;;", "line 2, count 1: not-a-date at when"),
        (";threat;3;;;", "line 2, count 1: missing-value at when"),
        ("2025Q1;threat;3", "line 2: row-shape at line 2"),
    ],
)
def test_a_count_that_cannot_be_read_is_refused_by_its_place_and_rule(tmp_path: Path, row: str, problem: str) -> None:
    stated, refused = taken(loaded(tmp_path), table(row, "2025Q1;other;7;;;"))
    assert refused == [problem]
    assert numbers(stated, "offence") == [("NR", 7)]


def test_a_total_that_agrees_with_its_cells_is_left_behind(tmp_path: Path) -> None:
    data = table(ROW, "2025Q1;rape;12;1;13;", "2025Q1;all;1.216;31;1.247;")
    stated, refused = taken(loaded(tmp_path), data)
    assert refused == []
    assert len(stated) == 4
    assert {each.facts[0].data["offence"] for each in stated} == {"02012", "03011"}


def test_a_total_that_differs_is_refused_with_its_cells_and_no_other(tmp_path: Path) -> None:
    data = table(ROW, "2025Q1;rape;12;1;14;", "2025Q1;all;1.216;31;;", "2025Q2;threat;4;;;")
    stated, refused = taken(loaded(tmp_path), data)
    assert refused == [
        "line 3, count 1: total-differs at women",
        "line 3, count 2: total-differs at men",
        "line 3, count 3: total-differs at both",
    ]
    assert numbers(stated, "period") == [("2025Q1", 1_204), ("2025Q1", 30), ("2025Q2", 4)]


@pytest.mark.parametrize("hidden", ["<5", "", "theft"])
def test_a_total_of_cells_that_are_not_all_known_has_to_reach_as_far_as_those_that_are(
    tmp_path: Path, hidden: str
) -> None:
    other = "2025Q1;theft;3;;;" if hidden == "theft" else f"2025Q1;other;{hidden};;;"
    rows = ["2025Q1;threat;10;;;", "2025Q1;rape;20;;;", other]
    stated, refused = taken(loaded(tmp_path), table(*rows, "2025Q1;all;33;;;"))
    assert [each for each in refused if "total" in each] == []
    assert (("2025Q1", 10) in numbers(stated, "period")) is True
    _, short = taken(loaded(tmp_path), table(*rows, "2025Q1;all;29;;;"))
    assert "line 5, count 1: total-differs at women" in short


def test_a_total_without_cells_is_refused(tmp_path: Path) -> None:
    stated, refused = taken(loaded(tmp_path), table("2025Q1;all;33;;;", "2025Q2;threat;;;9;"))
    assert (stated, refused) == ([], ["line 2, count 1: total-alone at women", "line 3, count 3: total-alone at both"])


def test_a_total_may_add_up_some_codes(tmp_path: Path) -> None:
    some = COUNTS.replace("{all: all}", '{all: all, violent: ["02012", "03011"]}')
    rows = ["2025Q1;threat;10;;;", "2025Q1;rape;20;;;", "2025Q1;other;5;;;"]
    stated, refused = taken(loaded(tmp_path, some), table(*rows, "2025Q1;violent;30;;;", "2025Q1;all;35;;;"))
    assert (len(stated), refused) == (3, [])
    _, refused = taken(loaded(tmp_path, some), table(*rows, "2025Q1;violent;35;;;", "2025Q1;all;35;;;"))
    assert refused == [f"line {line}, count 1: total-differs at women" for line in (2, 3, 5)]


def test_totals_of_counts_that_the_partner_rounded_may_be_off_by_the_rounding(tmp_path: Path) -> None:
    data = table("2025Q1;threat;10;;;", "2025Q1;rape;20;;;", "2025Q1;all;35;;;")
    assert len(taken(loaded(tmp_path), data)[1]) == 3
    stated, refused = taken(loaded(tmp_path, f"{COUNTS}small_counts: ROUNDED_5\n"), data)
    assert (len(stated), refused) == (2, [])
    assert stated[0].facts[0].data["small_counts"] == "ROUNDED_5"


def test_two_rows_of_one_cell_contradict_each_other_and_a_copy_counts_once(tmp_path: Path) -> None:
    rows = ("2025Q1;threat;3;;;", "2025Q1;threat;4;;;", "2025Q1;rape;4;;;", "2025Q1;rape;4;;;again")
    stated, refused = taken(loaded(tmp_path), table(*rows))
    assert refused == ["line 2, count 1: contradicts-row at women"]
    assert numbers(stated, "offence") == [("03011", 4)]


SEVERAL = COUNTS.replace("ignore:", "rows: several\napart: [town]\nignore:")
TOWNS = HEAD.replace("note", "town;note")


def test_rows_of_one_cell_are_added_up_where_a_column_tells_them_apart(tmp_path: Path) -> None:
    rows = ("2025Q1;threat;3;;;A;", "2025Q1;threat;4;;;B;", "2025Q1;threat;4;;;C;", "2025Q1;threat;4;;;C;copy")
    stated, refused = taken(loaded(tmp_path, SEVERAL), table(*rows, head=TOWNS))
    assert (numbers(stated, "offence"), refused) == ([("02012", 11)], [])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("3", "<5"), (None, "Q")),
        ((":", ":"), (None, "L")),
        (("3", "4 p"), (7, "P")),
        (("3", ":"), "line 2, count 1: status-unclear at women"),
        (("3", ""), "line 2, count 1: missing-value at women"),
        (("3 b", "4 p"), "line 2, count 1: status-unclear at women"),
        (("3", "many"), "line 2, count 1: not-an-integer at women"),
    ],
)
def test_a_sum_tells_no_more_than_its_rows(tmp_path: Path, cells: tuple[str, str], said: object) -> None:
    rows = (f"2025Q1;threat;{cell};;;{town};" for cell, town in zip(cells, "AB", strict=True))
    stated, refused = taken(loaded(tmp_path, SEVERAL), table(*rows, head=TOWNS))
    found = [(each.facts[0].data.get("counted"), each.facts[0].data.get("obs_status")) for each in stated]
    assert [*found, *refused] == [said]


def test_rows_that_say_two_things_of_one_town_contradict_each_other(tmp_path: Path) -> None:
    rows = ("2025Q1;threat;3;;;A;", "2025Q1;threat;4;;;A;")
    assert taken(loaded(tmp_path, SEVERAL), table(*rows, head=TOWNS)) == (
        [],
        ["line 2, count 1: contradicts-row at women"],
    )


LONG = """
counts: 1
name: xx_long
partner: pt-counts
country: PT
language: pt
source: {format: tsv, dates: ["%m/%Y"]}
covers: month
period: {column: TIME, as: date}
status: {column: OBS_STATUS, codes: {A: A, b: B, c: Q, m: L}}
dimensions:
  sex: {column: SEX, codes: {F: F, M: M}}
cells:
  - {column: OBS_VALUE, when: [{column: UNIT, in: [P]}], series: WOMEN, unit: PERSON}
  - {column: OBS_VALUE, when: [{column: UNIT, in: [CALLS]}], series: CALLS, unit: CALL}
"""
LONG_HEAD = "TIME\tSEX\tUNIT\tOBS_VALUE\tOBS_STATUS"


def test_a_long_table_says_by_rows_what_is_counted_and_by_a_column_in_which_state(tmp_path: Path) -> None:
    rows = ["03/2025\tF\tP\t7\tA", "03/2025\tF\tCALLS\t40\tb", "04/2025\tM\tP\t3\tc", "04/2025\tF\tP\t\tm"]
    stated, refused = taken(loaded(tmp_path, LONG), table(*rows, head=LONG_HEAD))
    assert refused == []
    assert numbers(stated, "series", "unit", "period", "obs_status") == [
        ("WOMEN", "PERSON", "2025-03", None, 7),
        ("CALLS", "CALL", "2025-03", "B", 40),
        ("WOMEN", "PERSON", "2025-04", "Q", None),
        ("WOMEN", "PERSON", "2025-04", "L", None),
    ]


def test_a_row_of_a_long_table_that_no_rule_fits_is_refused_unless_it_counts_nothing(tmp_path: Path) -> None:
    rows = ["03/2025\tF\tHOURS\t7\tA", "03/2025\tF\tHOURS\t\t", "03/2025\tF\tP\t7\tm", "03/2025\tM\tP\t7\tz"]
    _, refused = taken(loaded(tmp_path, LONG), table(*rows, head=LONG_HEAD))
    assert refused == [
        "line 2: no-fact at OBS_VALUE", "line 4: status-unclear at OBS_VALUE", "line 5: unknown-code at OBS_STATUS",
    ]  # fmt: skip


def test_counts_that_the_partner_does_not_tell_are_hidden_with_none_among_them(tmp_path: Path) -> None:
    adapter = loaded(tmp_path, f"{COUNTS}hide_below: 10\n")
    stated, refused = taken(adapter, table("2025Q1;threat;0;9;9;", "2025Q1;rape;10;11;21;"))
    assert refused == []
    assert numbers(stated, "obs_status") == [("Q", None), ("Q", None), (None, 10), (None, 11)]


MISTAKES = [
    ("unit: PERSON", "", "line 18, cells.0: unit is needed: in what is counted"),
    ("unit: PERSON", "unit: VICTIM", "line 9, unit: "),
    ("series: WOMEN", "", "line 18, cells.0: series is needed: what is counted"),
    ("covers: quarter\n", "", "covers: Field required"),
    ("period: {column: when, as: text}", "", "line 18, cells.0: period is needed"),
    ("rape: \"03011\"", "rape: \"9999\"", "line 13, dimensions.offence.codes.rape: the dimension has no code 9999"),
    ("other: NR", "other: {relation: none}", "line 13, dimensions.offence.codes.other: a count is of something"),
    ("offence: {column: offence, codes", "crime: {column: offence, codes", "the event has no such dimension"),
    ("{column: offence, codes: {threat: \"02012\", rape: \"03011\", other: NR}}", "{column: offence, as: text}",
     "line 13, dimensions.offence: a dimension is one code"),
    ("{all: all}", "{rape: all}", "line 14, totals.offence.rape: the word is a code of the dimension too"),
    ("{all: all}", "{all: [X9]}", "line 14, totals.offence.all.0: no word of the dimension gives X9"),
    ("totals: {offence", "totals: {region", "line 14, totals.region: no dimension that has a column"),
    ("\"<5\": Q", "\"<5\": hidden", "line 15, marks.<5"),
    ("\"<5\": Q", "\"5\": Q", "line 15, marks.5: a mark is no number"),
    ("{column: both, total: [sex]}", "{column: both}", "line 20, cells.2: WOMEN has one level"),
    ("{column: both, total: [sex]}", "{column: both, total: [sex], unit: CALL}", "WOMEN is counted in one unit"),
    ("{column: men, dimensions: {sex: M}}", "{column: men, dimensions: {sex: F}}", "two columns of counts say"),
    ("{column: men, dimensions: {sex: M}}", "{column: men, dimensions: {sex: W}}", "cells.1.dimensions.sex: "),
    ("{column: men,", "{column: offence,", "line 19, cells.1.column: a column holds counts, or says"),
    ("{column: men,", "{column: men, period: 2025Q1,", "line 19, cells.1: period is needed"),
    ("ignore:", "rows: several\nignore:", "apart names the columns"),
    ("ignore:", "published: {source: X, on: 2025-01-01}\nhide_below: 5\nignore:", "figures that are published leave"),
    ("country: PT", "country: PT\nmood: good", "line 6, mood: Extra inputs are not permitted"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "told"), MISTAKES, ids=[f"{told[:48]}" for _, _, told in MISTAKES])
def test_a_mistake_in_the_file_is_named_by_line_and_key(tmp_path: Path, good: str, bad: str, told: str) -> None:
    assert good in COUNTS
    with pytest.raises(Stop) as stop:
        loaded(tmp_path, COUNTS.replace(good, bad, 1))
    assert told in str(stop.value)


def test_words_of_the_hub_and_of_a_crosswalk_beside_the_file_may_be_included(tmp_path: Path) -> None:
    (tmp_path / "offences.yaml").write_text('crosswalk: 1\nlanguage: pt\ncodes: {grave: "020111"}\n', "utf-8")
    text = COUNTS.replace("{column: offence, codes", "{column: offence, labels: en, include: [offences.yaml], codes")
    stated, refused = taken(loaded(tmp_path, text), table("2025Q1;Stalking;3;;;", "2025Q1;grave;4;;;"))
    assert (numbers(stated, "offence"), refused) == ([("02072", 3), ("020111", 4)], [])
    (tmp_path / "offences.yaml").unlink()
    with pytest.raises(Stop, match="cannot read the crosswalk"):
        loaded(tmp_path, text)


def test_the_published_schema_takes_the_files_that_load_and_refuses_a_key_that_is_none(tmp_path: Path) -> None:
    (text,) = count_schema().values()
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    good = yaml.load(written(tmp_path).read_text("utf-8"), yaml.BaseLoader)
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**good, "mood": "good"}, schema)


def test_a_file_with_other_columns_is_refused_as_a_whole(tmp_path: Path) -> None:
    adapter = loaded(tmp_path)
    for data in (table("1;2", head="when;offence"), b"", table(ROW, head=HEAD.replace("men;both", "men;name"))):
        with pytest.raises(Exception, match=r"column-|empty-file"):
            list(adapter.read(BytesIO(data)))


def test_a_counts_file_that_is_not_there_or_no_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="cannot read the counts file"):
        load_counts(tmp_path / "none.yaml")
    with pytest.raises(Stop, match=r"counts\.yaml: not-yaml at line"):
        loaded(tmp_path, "counts: 1\nname: [")
