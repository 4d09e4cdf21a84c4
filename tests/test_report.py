"""Everything that is wrong with a file is told at once, in the partner's language, in few lines and without a value."""

import csv
import json
import stat
import tracemalloc
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hub.adapters import find
from hub.adapters.base import Problem
from hub.adapters.rules import LANGUAGES, words
from hub.cli.report import report
from hub.cli.workbook import MARKED, Cell, Sheet, write_workbook
from hub.edge.problems import ELSEWHERE, FIRST, Problems
from hub.errors import Reject
from tests.pipe import COLUMNS, MAPPING, Pipe, row, write_mapping, write_table
from tests.typed import Call

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PLAN = "examples/programmes"
BROKEN = [row(1), row(2, sex="CANARY-s", age="CANARY-a"), row(3, date="31-02-2025"), row(4), row(4, sex="m", age="9")]


def cells(path: Path, sheet: int) -> list[dict[str, tuple[str, int]]]:
    """Each row of a sheet: text and style by column letter."""
    with zipfile.ZipFile(path) as archive, archive.open(f"xl/worksheets/sheet{sheet}.xml") as part:
        return [
            {
                cell.attrib["r"].rstrip("0123456789"): (
                    "".join(text.text or "" for text in cell.iter(f"{MAIN}t")),
                    int(cell.get("s", 0)),
                )
                for cell in line
            }
            for line in ElementTree.parse(part).iter(f"{MAIN}row")
        ]


def notes(path: Path, sheet: int) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read(f"xl/comments{sheet}.xml"))
    return {each.attrib["ref"]: "".join(each.itertext()) for each in root.iter(f"{MAIN}comment")}


@pytest.fixture
def mapping(tmp_path: Path) -> str:
    return str(write_mapping(tmp_path))


def test_it_says_of_a_file_what_a_delivery_of_it_is_refused_for(pipe: Pipe, mapping: str) -> None:
    path = write_table(pipe.folder / "table.csv", BROKEN)
    told = report(path, mapping)
    taken = pipe.take_file(path, mapping)
    assert (told["rows"], told["refused"]) == (taken["received"], taken["quarantined"]) == (5, 3)
    assert told["problems"] == [{**each, "texts": each["texts"]} for each in told["problems"]]
    assert [{**each, "texts": 0} for each in told["problems"]] == taken["problems"]
    assert {(each["rule"], each["place"], tuple(each["first"])) for each in told["problems"]} == {
        ("unknown-code", "sex", ("line 3",)),
        ("not-an-integer", "age", ("line 3",)),
        ("not-a-date", "date", ("line 4",)),
        ("contradicts-row", "key", (told["problems"][-1]["first"][0],)),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_that_is_asked_for(language: str, tmp_path: Path, mapping: str) -> None:
    told = report(write_table(tmp_path / "table.csv", BROKEN), mapping, language=language)
    assert {(each["text"], each["hint"]) for each in told["problems"]} == {
        words(each["rule"], language) for each in told["problems"]
    }


@pytest.mark.parametrize(("of_the_mapping", "spoken"), [("fi", "fi"), ("et", "en")])
def test_without_being_asked_it_speaks_the_mappings_own(of_the_mapping: str, spoken: str, tmp_path: Path) -> None:
    mapping = write_mapping(tmp_path, MAPPING.replace("language: pt", f"language: {of_the_mapping}"))
    assert report(write_table(tmp_path / "table.csv", BROKEN), str(mapping))["language"] == spoken


def test_ten_thousand_rows_with_one_unknown_code_are_one_line(tmp_path: Path, mapping: str) -> None:
    rows = [row(n, sex="CANARY-same") for n in range(10_000)]
    (only,) = report(write_table(tmp_path / "table.csv", rows), mapping)["problems"]
    assert (only["rule"], only["place"], only["rows"], only["texts"]) == ("unknown-code", "sex", 10_000, 1)
    assert only["first"] == [f"line {n}" for n in range(2, 2 + FIRST)]
    assert only["mend"] == "mapping"


def test_memory_follows_the_lines_and_not_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.edge.problems.MOST_LINES", 20)
    monkeypatch.setattr("hub.edge.problems.MOST_TEXTS", 10)

    def peak(rows: int) -> int:
        tracemalloc.start()
        problems = Problems()
        for n in range(rows):
            column = f"c{n % 60}"
            problems.add(f"line {n}", {column: f"text {n}"}, [Problem("unknown-code", column)])
        lines = problems.lines("en")
        assert len(lines) == 20 + 1
        assert {line.place for line in lines} >= {ELSEWHERE}
        assert sum(line.rows for line in lines) == rows
        return tracemalloc.get_traced_memory()[1]

    few = peak(1_000)
    assert peak(8_000) < 1.2 * few
    tracemalloc.stop()


def test_a_file_that_cannot_be_read_as_a_whole_is_a_report_too(tmp_path: Path, mapping: str) -> None:
    path, to = tmp_path / "table.csv", tmp_path / "out.xlsx"
    path.write_text("no;CANARY-1;CANARY-2\n", "utf-8")
    told = report(path, mapping, to=to)
    assert (told["taken"], told["rows"]) == (False, 0)
    assert {each["rule"] for each in told["problems"]} == {"column-missing"}
    assert len(cells(to, 1)) == len(told["problems"]) + 1
    assert "CANARY" not in json.dumps(told)


def test_a_plan_is_reported_by_field_and_line(tmp_path: Path) -> None:
    path, to = tmp_path / "plan.yaml", tmp_path / "out.xlsx"
    path.write_text("plan_file: 1\npartner: pt-a\ncountry: PT\nplan: P\nadopted_on: CANARY\nCANARY-key: 1\n", "utf-8")
    told = report(path, "plan_file", to=to, language="nl")
    found = {(each["rule"], each["place"]): each["first"] for each in told["problems"]}
    assert found["not-a-date", "adopted_on"] == ["line 5"]
    assert found["unknown-field", ""] == ["line 6"]
    assert "CANARY" not in json.dumps(told)
    assert next(each["A"] for each in cells(to, 1)) == ("regel", 1)


def test_the_workbook_holds_the_partners_rows_with_a_mark_and_a_note_at_each_broken_cell(
    tmp_path: Path, mapping: str
) -> None:
    to = tmp_path / "out.xlsx"
    path = write_table(tmp_path / "table.csv", BROKEN)
    told = report(path, mapping, to=to, language="it")
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    head, *rows = cells(to, 2)
    assert [text for text, _ in head.values()][: len(COLUMNS)] == list(COLUMNS)
    with path.open(newline="") as file:
        own = list(csv.DictReader(file, delimiter=";"))
    letters = dict(zip(COLUMNS, "ABCDEFGH", strict=True))
    assert [{name: line.get(letters[name], ("", 0))[0] for name in COLUMNS} for line in rows] == own
    marked = {(n, letter) for n, line in enumerate(rows) for letter, (_, style) in line.items() if style == MARKED}
    assert {(1, letters["sex"]), (1, letters["age"]), (2, letters["date"])} <= marked
    assert not any(n in (0,) for n, _ in marked)
    assert notes(to, 2).keys() == {"D3", "E3", "C4"}
    assert words("not-a-date", "it").text in notes(to, 2)["C4"]
    assert sum("I" in line for line in rows) == told["refused"] == 3, "each refused row says its place beside it"


def test_a_torn_row_stands_in_the_workbook_as_it_came(tmp_path: Path, mapping: str) -> None:
    path, to = tmp_path / "table.csv", tmp_path / "out.xlsx"
    path.write_text(";".join(COLUMNS) + "\nonly;three;cells\n" + ";".join(row(1).values()) + "\n", "utf-8")
    report(path, mapping, to=to)
    assert cells(to, 2)[1]["A"] == ("only;three;cells\n", MARKED)


def test_the_partners_own_file_is_never_written_over(tmp_path: Path, mapping: str) -> None:
    path = write_table(tmp_path / "table.csv", BROKEN)
    before = path.read_bytes()
    with pytest.raises(Reject, match="another name"):
        report(path, mapping, to=path)
    assert path.read_bytes() == before


def test_a_sheet_that_is_full_goes_on_in_the_next_and_no_text_is_a_formula(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.workbook.MOST_ROWS", 4)
    to = tmp_path / "out.xlsx"
    texts = ['=HYPERLINK("x")', "\x00\x1b\udcff", "_x0041_", "<&>", "😀", "a" * 40_000, "last"]
    write_workbook(to, [Sheet("S", (), [[Cell("head")], *([Cell(text)] for text in texts)])])
    pages = [[line["A"][0] for line in cells(to, n)] for n in (1, 2, 3)]
    assert all(page[0] == "head" for page in pages)
    said = [text for page in pages for text in page[1:]]
    assert said == ['=HYPERLINK("x")', "���", "_x005F_x0041_", "<&>", "😀", "a" * 32_767, "last"]
    with zipfile.ZipFile(to) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_the_command_says_it_and_ends_with_3(call: Call, tmp_path: Path, mapping: str) -> None:
    path, to = str(write_table(tmp_path / "table.csv", BROKEN)), tmp_path / "out.xlsx"
    code, out, err = call("adapters", "report", path, "--adapter", mapping, "--to", str(to), "--language", "hr")
    assert code == 3
    assert "unknown-code: sex. redci: 1 (redak 3)" in out
    assert words("unknown-code", "hr").hint in out
    assert "CANARY" not in out + err
    assert to.exists()
    code, out, _ = call("adapters", "report", path, "--adapter", mapping, "--json")
    assert (code, json.loads(out)["refused"]) == (3, 3)
    good = str(write_table(tmp_path / "good.csv", [row(1)]))
    assert call("adapters", "report", good, "--adapter", mapping)[0] == 0
    assert call("adapters", "report", good, "--adapter", mapping, "--language", "xx")[0] == 2
    assert call("adapters", "report", good, "--adapter", mapping, "--to", "report.csv")[0] == 2


def test_nothing_of_an_installation_is_touched(tmp_path: Path, hub_home: Path, mapping: str) -> None:
    report(write_table(tmp_path / "table.csv", BROKEN), mapping)
    assert not hub_home.exists()
    assert find(mapping).name == "xx_contacts"
