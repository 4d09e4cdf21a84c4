"""One table in every format: the same rows, each with its place, and what cannot be read is refused by name."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.source import Source
from tests.tables_read import WORKBOOKS, both, read, refusal, rows
from tests.workbooks import Error, Formula, Written, ods, xlsx

CELLS = [["no", "name", "n"], ["R1", "Zoë", "12"], ["R2", "two\nlines", ""], ["R3", 'a ";" b', "7"]]


def test_one_table_in_every_format_gives_the_same_rows() -> None:
    objects = [dict(zip(CELLS[0], row, strict=True)) for row in CELLS[1:]]
    written = {
        "csv": "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in CELLS).encode(),
        "xlsx": xlsx(CELLS),
        "ods": ods(CELLS),
        "json": json.dumps(objects).encode(),
        "jsonl": "\n".join(map(json.dumps, objects)).encode(),
    }
    found = {form: rows(data, *CELLS[0], format=form) for form, data in written.items()}
    assert found == {form: [tuple(row) for row in CELLS[1:]] for form in written}
    assert rows(json.dumps(CELLS).encode(), *CELLS[0], format="json") == found["csv"]
    tabs = "\n".join("\t".join(row) for row in ([*CELLS[0]], ["R1", "Zoë", "12"])).encode()
    assert rows(tabs, *CELLS[0], format="tsv") == found["csv"][:1]


@both
def test_cells_become_texts_that_are_read_in_one_way_alone(form: str) -> None:
    header = ["text", "count", "part", "big", "day", "moment", "yes", "sum", "note"]
    cells = ["007", 2887, 2.887, 1234567.5, date(2024, 12, 31), datetime(2024, 12, 31, 8, 30), True, Formula(2.5), None]
    (row,) = rows(WORKBOOKS[form]([header, cells]), *header, format=form, decimal=",", thousands=".")
    assert row == ("007", "2887", "2,8870", "1234567,5", "2024-12-31", "2024-12-31 08:30:00", "true", "2,5", "")


def test_days_since_1904_are_the_days_that_were_meant() -> None:
    cells = [["d"], [date(2024, 12, 31)], [date(1904, 2, 29)]]
    assert rows(xlsx(cells, since_1904=True), "d", format="xlsx") == rows(xlsx(cells), "d", format="xlsx")


@both
def test_errors_and_formulas_without_a_result_refuse_their_row_and_nobody_reads_them_elsewhere(form: str) -> None:
    data = WORKBOOKS[form](
        [["a", "b"], [Error(), "1"], ["x", Error("#N/A")], [Formula(None), "3"], [Formula("t"), "4"]]
    )
    good, bad = read(data, "a", ignored=("b",), format=form)
    assert [row["a"] for row in good] == ["x", "t"]
    assert bad == {
        "sheet 1, row 2": ("cell-error", "column A"),
        "sheet 1, row 4": ("not-calculated", "column A"),
    }


@both
def test_a_number_of_more_digits_than_a_cell_holds_is_refused(form: str) -> None:
    good, bad = read(WORKBOOKS[form]([["id"], [123456789012345], [1234567890123456789]]), "id", format=form)
    assert (good, bad) == ([{"id": "123456789012345"}], {"sheet 1, row 3": ("inexact-number", "column A")})


@both
def test_title_rows_two_header_rows_hidden_rows_and_totals(form: str) -> None:
    sheet = Written(
        [
            ["Statistics of 2024", None, None, None, None, "printed on Monday"],
            [],
            ["Region", "Victims", None, None],
            [None, "women", "men", "men"],
            ["North", 1, 2, 3],
            [None, None, None, None],
            ["South", 4, 5, 6],
            ["Total", 5, 7, 9],
        ],
        merged=("A1:D1", "B3:D3", "A3:A4"),
        hidden_rows=(7,),
    )
    header = {"rows": 2, "join": ": ", "fill": True}
    names = ("Region", "Victims: women", "Victims: men", "Victims: men (2)")
    data = WORKBOOKS[form]({"Data": sheet})
    assert rows(data, *names, format=form, skip=2, header=header, totals=["Total"]) == [
        ("North", "1", "2", "3"),
        ("South", "4", "5", "6"),
    ]
    assert refusal(data, *names[:3], format=form, skip=2, header=header) == [("column-twice", "sheet 1, column D")]


@both
def test_merged_cells_below_the_header_are_refused_or_filled_as_the_source_says(form: str) -> None:
    sheet = Written(
        [["no", "region", "x"], ["1", "North", "a"], ["2", None, "b"], ["3", "South", "c"]], merged=("B2:B3",)
    )
    data = WORKBOOKS[form]({"Data": sheet})
    good, bad = read(data, "no", "region", "x", format=form)
    assert [row["no"] for row in good] == ["3"]
    assert bad == dict.fromkeys(("sheet 1, row 2", "sheet 1, row 3"), ("merged-cells", "column B"))
    assert rows(data, "no", "region", "x", format=form, merged="fill") == [
        ("1", "North", "a"),
        ("2", "North", "b"),
        ("3", "South", "c"),
    ]
    assert len(read(data, "no", "x", ignored=("region",), format=form)[0]) == 3


@both
def test_sheets_are_named_or_the_only_one_and_a_hidden_one_only_by_its_full_name(form: str) -> None:
    head = ["no"]
    sheets = {
        "2024 Q1": [head, ["1"]],
        "notes": [["x"]],
        "2024 Q2": [head, ["2"]],
        "2024 old": [head, ["3"]],
        "empty": [],
    }
    data = WORKBOOKS[form]({name: Written(each, hidden=name == "2024 old") for name, each in sheets.items()})
    assert rows(data, "no", format=form, sheets=["2024*"]) == [("1",), ("2",)]
    assert rows(data, "no", format=form, sheets=["2024 old"]) == [("3",)]
    assert refusal(data, "no", format=form) == [("sheet-unclear", "workbook")]
    assert refusal(data, "no", format=form, sheets=["2024*", "2025*"]) == [("sheet-missing", "workbook")]
    assert refusal(data, "no", format=form, sheets=["2024*", "notes"]) == [("column-missing", "no")]
    only = WORKBOOKS[form]({"a": Written([]), "b": Written([head, ["1"]]), "c": Written([head], hidden=True)})
    assert rows(only, "no", format=form) == [("1",)]


CSV = {
    "a quote that is an apostrophe": ("a,b\n'1,5',\"2\n", {"quote": "'"}, [("1,5", '"2')]),
    "no quotes at all": ('a,b\n"1,2"\n', {"quote": "none"}, [('"1', '2"')]),
    "an escape": ('a,b\n"say \\"x\\"",2\n3,4\n', {"escape": "\\"}, [('say "x"', "2"), ("3", "4")]),
    "spaces before quotes": ('a, b\n1, "x, y"\n', {"skip_spaces": True}, [("1", "x, y")]),
    "title lines": ("Report;2024\n\na;b\n1;2\n", {"separator": ";", "skip": 2}, [("1", "2")]),
    "two header lines": ("x,\na,b\n1,2\n", {"header": {"rows": 2}}, [("1", "2")]),
    "an HXL row": ("a,b\n#org,#adm1+code\n1,2\n", {"header": {"tags": "skip"}}, [("1", "2")]),
    "blank rows": ("a,b\n1,2\n,\n\n3,4\n", {}, [("1", "2"), ("3", "4")]),
    "totals": ("a,b\n1,2\nSum,9\nSum\n", {"totals": ["Sum"]}, [("1", "2")]),
    "tabs": ("a\tb\n1\t2\n", {"format": "tsv"}, [("1", "2")]),
}


@pytest.mark.parametrize("case", CSV)
def test_delimited_text_is_read_as_the_source_says(case: str) -> None:
    text, said, expected = CSV[case]
    names = ("x a", "b") if case == "two header lines" else ("a", "b")
    assert rows(text.encode(), *names, **said) == expected


def test_columns_without_a_name_and_with_one_of_another_are_told_apart() -> None:
    names = ("id", "column 2", "id (2)", "id (3)")
    assert rows(b"id,,id,id\n1,2,3,4\n", *names) == [("1", "2", "3", "4")]
    assert refusal(b"id,,id,id\n1,2,3,4\n", "id") == [("column-twice", "column 3"), ("column-twice", "column 4")]
    assert refusal(b"id,\n1,2\n", "id") == [("column-unknown", "column 2")]


FORMATS = ("csv", "xlsx", "ods", "json", "jsonl")
OTHERS = {
    b"%PDF-1.7 CANARY": "a PDF",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 CANARY": "an old Office file (XLS, DOC)",
    b"<!DOCTYPE html><html>CANARY</html>": "an HTML page",
    b"\xef\xbb\xbf<?xml version='1.0'?><CANARY/>": "an XML file",
    b"\x1f\x8bCANARY": "a gzip file",
}


@pytest.mark.parametrize("form", FORMATS)
def test_another_format_is_named(form: str) -> None:
    for data, name in OTHERS.items():
        assert refusal(data, "a", format=form) == [("wrong-format", f"file: it is {name}")]
    assert refusal(b"", "a", format=form)[0][0] == "empty-file"
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(encrypted, "a", format=form) == [("encrypted", "file")]


def test_another_encoding_is_named_where_the_file_says_its_own() -> None:
    assert refusal("\ufeffa\n1".encode(), "a", encoding="cp1252") == [("wrong-encoding", "file: it is UTF-8")]
    assert refusal("a\n1".encode("utf-16"), "a") == [("wrong-encoding", "file: it is UTF-16")]
    assert rows("a\n1".encode("utf-16"), "a", encoding="utf-16") == [("1",)]
    assert refusal(xlsx([["a"]]), "a")[0] == ("wrong-format", "file: it is a ZIP file, as XLSX, ODS and DOCX are")


@pytest.mark.parametrize(
    "said",
    [
        {"format": "csv", "sheets": ["a"]},
        {"format": "xlsx", "separator": ";"},
        {"decimal": ",", "thousands": ","},
        {"thousands": "."},
        {"format": "ods", "dates": ["%Y-%d-%m"]},
        {"months": ["a"]},
    ],
)
def test_a_source_that_means_two_things_or_nothing_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not for|same mark|cannot stand|12 items"):
        Source(**said)


PLAIN = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=6)


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.lists(PLAIN, min_size=2, max_size=2), max_size=5))
def test_texts_come_out_of_every_format_as_they_went_in(table: list[list[str]]) -> None:
    written = [["x", "y"], *table]
    expected = [tuple(row) for row in table if any(row)]
    assert rows(xlsx(written), "x", "y", format="xlsx") == rows(json.dumps(written).encode(), "x", "y", format="json")
    assert rows(json.dumps(written).encode(), "x", "y", format="json") == expected
