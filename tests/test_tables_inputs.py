"""Real tables of other people's, whole or refused with the right reason. Nothing of them is kept in the repository."""

import csv
import json
from pathlib import Path

import pytest

from tests.inputs.tables import EVERY, FRICTIONLESS, HXL, SHAPE, TAGS, WHOLE, names_of, spectrum
from tests.tables_read import read, refusal, rows

CSVS = ("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
        "quotes_and_newlines", "simple", "simple_crlf", "utf8")  # fmt: skip


@pytest.mark.parametrize("name", CSVS)
def test_csv_spectrum_gives_what_its_oracle_says(inputs: Path, name: str) -> None:
    data, expected = spectrum(inputs / "csv_spectrum" / f"{name}.csv")
    assert read(data, *expected[0]) == (expected, {})


def test_every_table_of_csv_spectrum_is_tried(inputs: Path) -> None:
    assert sorted(CSVS) == sorted(path.stem for path in (inputs / "csv_spectrum").glob("*.csv"))


def test_one_hxl_table_in_five_formats_gives_the_same_rows(inputs: Path) -> None:
    found = {
        name: rows((inputs / "hxl_io" / name).read_bytes(), "column 1", *TAGS, header={"tags": "names"}, **said)
        for name, said in HXL.items()
    }
    first = found["input-valid.csv"]
    assert [row[0] for row in first] == ["001", "002", "003", "004"]
    assert found == {name: first for name in HXL}


def test_other_hxl_tables(inputs: Path) -> None:
    def data(name: str) -> bytes:
        return (inputs / "hxl_io" / name).read_bytes()

    tagged = {"header": {"tags": "names"}}
    (cell,) = rows(data("input-multiline.csv"), "#description", **tagged)
    assert cell == ("Line 1\nLine 2\nLine 3",)
    names = ("#org", "column 2", "#adm1", "#affected")
    assert [row[0] for row in rows(data("input-multiple-headers.csv"), *names, **tagged)] == ["Org X", "Org Y"]
    assert refusal(data("input-untagged.csv"), *TAGS, **tagged) == [("tags-missing", "line 1")]


@pytest.mark.parametrize("name", FRICTIONLESS)
def test_frictionless_tables_are_read_and_each_bad_row_has_its_line(inputs: Path, name: str) -> None:
    said, columns, good, bad = FRICTIONLESS[name]
    data = (inputs / "csv_frictionless" / name).read_bytes()
    every = names_of(data, **said) if columns == EVERY else columns.split("|")
    found, damaged = read(data, *every, **said)
    assert (len(found), damaged) == (good, {f"line {line}": (SHAPE, "") for line in bad})


def test_every_table_of_frictionless_is_tried_and_the_empty_one_refused(inputs: Path) -> None:
    folder = inputs / "csv_frictionless"
    assert {*FRICTIONLESS, "empty.csv"} == {path.name for path in folder.glob("*.csv")}
    assert refusal((folder / "empty.csv").read_bytes(), "a")[0][0] == "empty-file"


def test_quotes_are_part_of_a_cell_where_spaces_stand_before_them_and_an_escape_where_it_is_stated(
    inputs: Path,
) -> None:
    data = (inputs / "csv_frictionless" / "escaping.csv").read_bytes()
    stated = rows(data, "ID", "Test", escape="\\", skip_spaces=True)
    assert [text for _, text in stated] == ["Test line 1", 'Test " line 2', 'Test " line 3']
    assert read(data, "ID", "Test")[0][0]["Test"] == ' "Test line 1"'


TABLES = ["helpline_contacts_ar/linea144-2023.csv", *(name for name in WHOLE if not WHOLE[name])]


@pytest.mark.parametrize("name", TABLES)
def test_national_tables_are_read_whole(inputs: Path, name: str) -> None:
    data = (inputs / name).read_bytes()
    expected = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert read(data, *expected[0]) == (expected, {})


@pytest.mark.parametrize("name", ["report-513.json", "report-517.json"])
def test_the_array_inside_a_json_file_is_read_whole(inputs: Path, name: str) -> None:
    data = (inputs / "statistics_eige" / name).read_bytes()
    expected = json.loads(data, parse_float=str)["data"]
    found = rows(data, "Countries", "Service", "2012", format="json", path="data")
    assert [row[:2] for row in found] == [(each["Countries"], each["Service"]) for each in expected]
    assert [float(row[2]) for row in found if row[2]] == [float(each["2012"]) for each in expected if "2012" in each]
    assert refusal(data, "Countries", format="json") == [("path-missing", "file")]
