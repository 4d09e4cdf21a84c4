"""A sheet whose distinct cells are read once says what it says cell by cell; what may be read otherwise is not cut."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters import xlsx, xlsx_cut
from hub.adapters.base import Rejected
from hub.adapters.reading import read_blocks
from hub.adapters.source import Source
from hub.adapters.table import ANY_COLUMNS
from tests.test_tables_hostile import CELL, part, refused
from tests.workbooks import Error, Formula, Written, sheet_xml
from tests.workbooks import xlsx as workbook

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
SHEET = "xl/worksheets/sheet1.xml"
BOMB = f'<sheetData><row r="1">{CELL.format("A1")}{CELL.format("XFD1048576")}</row></sheetData>'


def said(data: bytes, **source: Any) -> Any:
    """All that the reader gives, or why it gives nothing."""
    try:
        blocks = [*read_blocks(io.BytesIO(data), Source(format="xlsx", **source), ANY_COLUMNS)]
    except Rejected as rejected:
        return rejected.problems
    rows = [(block.place, line, row) for block in blocks for line, row in zip(block.lines, block.rows, strict=True)]
    return {block.header for block in blocks}, rows, [bad for block in blocks for bad in block.damaged]


def cell_by_cell(data: bytes, **source: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "cut", lambda _chunks: None)
        return said(data, **source)


def cuts(data: bytes) -> list[bool]:
    """For each sheet that was read, whether it was by its distinct cells."""
    made: list[bool] = []

    def watched(*given: Any) -> Any:
        sheet = distinct(*given)
        made.append(sheet is not None)
        return sheet

    distinct: Callable[..., Any] = xlsx._by_distinct_cells
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "_by_distinct_cells", watched)
        said(data)
    return made


VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "x", "a & <b>", "é\n", "2.887", "_x000D_"]),
    st.booleans(),
    st.sampled_from([0, -1, 7, 2.887, 0.1 + 0.2, 1e15, 1e300, 123456789012345678]),
    st.dates(date(1905, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from([Error(), Formula(2.5), Formula("x")]),
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=12)
)


@settings(max_examples=150, deadline=None)
@given(TABLES, st.booleans(), st.booleans(), st.sampled_from(["refuse", "fill"]))
def test_a_sheet_says_the_same_cut_and_cell_by_cell(rows: list, shared: bool, since_1904: bool, merged: str) -> None:
    table = Written([["a", "b", "c", "d", "e"], *rows, *rows], merged=("A3:B4",))
    data = workbook({"Data": table}, shared=shared, since_1904=since_1904)
    assert said(data, merged=merged) == cell_by_cell(data, merged=merged)
    assert cuts(data)[0] or any(cell == "" for row in rows for cell in row)


def test_empty_rows_columns_and_sheets_stand_where_they_stood() -> None:
    gap = f'{HEAD}<row r="4"/><row r="600"><c r="B600"><v>1</v></c></row><row r="601" ht="3"><c r="C601" s="1"/></row>'
    right = '<row r="3"><c r="C3"><v>1</v></c><c r="E3"><v>2</v></c></row><row r="4"><c r="C4"><v>1</v></c></row>'
    for inside in (gap, right, ""):
        data = workbook({"Data": f"<sheetData>{inside}</sheetData>", "Empty": "<sheetData/>"})
        for skip in (0, 2):
            assert said(data, skip=skip) == cell_by_cell(data, skip=skip)
        assert cuts(data) == [True, True]
    assert said(workbook({"Data": f"<sheetData>{gap}</sheetData>"}))[1] == [("sheet 1, row", 600, ["", "1"])]


ROW = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
"""As the next ones, which say it in the ways of Excel, LibreOffice and openpyxl."""
PLAIN = [
    ROW,
    '<row r="2" spans="1:2" x14ac:dyDescent="0.25"><c r="A2" s="0"><v>1</v></c><c r="B2"><v>2</v></c></row>',
    '<row r="2" hidden="false" ht="12.8"><c r="A2" s="0" t="n"><v>1</v></c><c r="B2"><f aca="false">1+1</f><v>2</v></c>'
    '<c r="C2" s="0"/></row>',
    '<row r="2"><c r="A2" t="n"><v>1</v></c><c r="B2" t="inlineStr"><is><t xml:space="preserve">2</t></is></c></row>',
    '<row r="2"><c r="A2"><f t="shared" ref="A2:A9" si="0">1</f><v>1</v></c><c r="B2" t="str"><v>2</v></c></row>\n',
]
OTHERWISE = [
    '<row r="2"><c s="0" r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
    "<row><c><v>1</v></c><c><v>2</v></c></row>",
    "<row r='2'><c r='A2'><v>1</v></c><c r='B2'><v>2</v></c></row>",
    '<row r="2"><!-- <c r="A2"><v>9</v></c> --><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
    f'<!-- <row r="2"></row> -->{ROW}',
    '<row r="2"><c r="A2"><v><![CDATA[1]]></v></c><c r="B2"><v>2</v></c></row>',
    '<row r="2"><c r="B2"><v>2</v></c><c r="A2"><v>1</v></c></row>',
    '<row r="3"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
    '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>',
    '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
    f'{ROW}</sheetData><sheetData><row r="3"></row>',
]


@pytest.mark.parametrize("row", PLAIN)
def test_rows_as_office_programs_write_them_are_cut(row: str) -> None:
    data = workbook({"Data": f"<sheetData>{HEAD}{row}</sheetData>"})
    assert cuts(data) == [True]
    assert said(data)[1] == [("sheet 1, row", 2, ["1", "2"])]


@pytest.mark.parametrize("row", OTHERWISE)
def test_what_is_written_in_another_way_is_left_to_the_library(row: str) -> None:
    data = workbook({"Data": f"<sheetData>{HEAD}{row}</sheetData>"})
    assert said(data) == cell_by_cell(data)
    assert xlsx_cut.cut(iter([f"<sheetData>{HEAD}{row}</sheetData>".encode()])) is None or "CDATA" not in row
    assert cuts(data) == [row == OTHERWISE[-1]]


def test_a_sheet_is_cut_at_any_byte_alike() -> None:
    xml = f"<x><sheetData>{sheet_xml(Written([['a', 'b'], *[[n % 7, 'x'] for n in range(40)]]))[11:]}</x>".encode()
    whole = xlsx_cut.cut(iter([xml]))
    assert whole is not None
    assert len(whole.cells) == 2 + 7 + 1
    first = xml.index(b"<row")

    def pieces(size: int) -> Iterator[bytes]:
        yield xml[:first]
        yield from (xml[at : at + size] for at in range(first, len(xml), size))

    assert all(xlsx_cut.cut(pieces(size)) == whole for size in (1, 7, 64, 1000))
    assert xlsx_cut.cut(pieces(64)) == whole


@pytest.mark.parametrize(
    ("limit", "most"), [("MOST_DISTINCT", 3), ("MOST_WIDE", 2), ("MOST_CELLS", 5), ("MOST_ROWS", 2)]
)
def test_beyond_its_limits_a_sheet_is_left_to_the_library(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook([["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]])
    assert cuts(data) == [True]
    cut_so = said(data)
    monkeypatch.setattr(xlsx_cut, limit, most)
    assert cuts(data) == [False]
    assert said(data) == cut_so


def test_a_cell_beside_the_rows_is_no_way_around_the_limits() -> None:
    for inside in (f"{BOMB}<sheetData>{HEAD}{ROW}</sheetData>", f"<sheetData>{HEAD}{ROW}</sheetData>{BOMB}"):
        assert refused(workbook({"Data": inside}), "xlsx") == ("too-large", "file")


@pytest.mark.parametrize("name", ["xl/media/a.xml", "xl/a.bin", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_no_part_that_links_may_mean_reaches_the_library_unseen(name: str) -> None:
    good = workbook({"Data": f"<sheetData>{HEAD}{ROW}</sheetData>"})
    hidden = part(good, name, lambda _: f"<worksheet>{BOMB}</worksheet>".encode())
    target = name.removeprefix("xl/")
    linked = part(
        hidden, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"worksheets/sheet1.xml", target.encode())
    )
    twice = part(
        part(hidden, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"</Rel", _link(target) + b"</Rel", 1)),
        "xl/workbook.xml",
        lambda xml: re.sub(rb' r:id="rId1"', b' xmlns:x="x" x:id="rId1" r:id="other"', xml),
    )
    for data in (linked, twice):
        assert refused(data, "xlsx", "a", "b")[0] in ("damaged-file", "too-large")
    assert said(good)[1]


def _link(target: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    return f'<Relationship Id="other" Type="{kind}" Target="{target}"/>'.encode()
