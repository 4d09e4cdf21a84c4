"""Tables made to fill the memory, end the process or be quoted: refused by name, within limits, and not echoed."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters import json_table, ods, package, sheet, xlsx_scan
from hub.adapters.base import Rejected
from hub.adapters.reading import read_blocks
from hub.adapters.source import Source
from tests.workbooks import HEAD, MAIN, Written, packed, sheet_xml
from tests.workbooks import ods as write_ods
from tests.workbooks import xlsx as write_xlsx

CELL = '<c r="{}"><v>1</v></c>'


def count(data: bytes, form: str, *columns: str) -> int:
    """How many rows come out, good or damaged."""
    blocks = read_blocks(io.BytesIO(data), Source(format=form), frozenset(columns or ("a",)))
    return sum(len(block.rows) + len(block.damaged) for block in blocks)


def refused(data: bytes, form: str, *columns: str) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        count(data, form, *columns)
    assert "CANARY" not in str(caught.value)
    return tuple(caught.value.problems[0])


def with_sheet(inside: str) -> bytes:
    return write_xlsx({"Data": inside})


def part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same package with one part changed, or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = {each: file.read(each) for each in file.namelist()}
    return packed({**parts, name: change(parts.get(name, b""))})


def test_lines_and_rows_that_never_end() -> None:
    assert refused(b"a\n1\n" + b"x" * (3 << 20), "csv") == ("too-long", "line 3")
    assert refused(b"x" * (3 << 20), "csv") == ("too-long", "line 1")
    assert refused(b'{"a": "' + b"x" * (3 << 20), "jsonl") == ("too-long", "line 1")
    assert refused(b"a," * 500_000 + b"a\n", "csv") == ("too-wide", "line 1")
    assert refused(b"a," * 1_000_000 + b"a\n", "csv") == ("too-long", "line 1")
    assert count(b"a,b\n" + b'"' + b'x\n","' * 250_000, "csv", "a", "b") == 250_001
    assert count(b"a,b\n" + b"1,2\n" * 1000 + b"x" * 100_000 + b",2\n", "csv", "a", "b") == 1001


@pytest.mark.parametrize(
    "cells",
    [
        CELL.format("A1") + CELL.format("XFD1048576"),
        CELL.format("A1") + CELL.format("AAAAAAA1"),
        CELL.format("A1") + CELL.format("A99999999999999999999"),
        CELL.format("A1") + CELL.format("A4294967297"),
        CELL.format("A1") + "<c r='XFD1048576'><v>1</v></c>",
        CELL.format("A1") + '<c s="0"\nr = "XFD1048576"><v>1</v></c>',
        CELL.format("A1") + '<x:c xmlns:x="' + MAIN + '" r="XFD1048576"><v>1</v></x:c>',
        "<c><v>1</v></c>" * 20_000,
        CELL.format("A1") + '</row><row r="1048576">' + '<c r="ALM1048576"/>',
        CELL.format("A1") + '</row><row r="9999999">' + '<c r="A9999999"/>',
    ],
)
def test_a_sheet_whose_area_is_too_large_never_reaches_the_library(cells: str) -> None:
    assert refused(with_sheet(f'<sheetData><row r="1">{cells}</row></sheetData>'), "xlsx") == ("too-large", "file")


def test_sheets_that_are_only_written_in_another_way_are_read() -> None:
    for inside in (
        "<sheetData><row><c t='inlineStr'><is><t>a</t></is></c></row><row><c><v>1</v></c></row></sheetData>",
        "<sheetData ><row\nr = '1' ><c\tt='inlineStr' r='A1'><is><t>a</t></is></c></row><row r='2'><c r='A2'><v>1</v>"
        "</c></row></sheetData>",
        '<cols><col min="1"/></cols>' + sheet_xml(Written([["a"], *[[n] for n in range(1, 1200)]])),
    ):
        assert count(with_sheet(inside), "xlsx") in (1, 1199)


@settings(max_examples=300, deadline=None)
@given(rows=st.integers(1, 1_048_576), other=st.integers(1, 9_999_999))
def test_the_quick_look_at_row_numbers_misses_none_beyond_its_bound(rows: int, other: int) -> None:
    bound = xlsx_scan._rounded(rows)
    assert rows <= bound
    assert bool(re.fullmatch(xlsx_scan._rows_up_to(bound), b"%d" % other)) == (other <= max(bound, 99))


def test_packages_that_lie_about_their_size_or_unpack_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_xlsx([["a"], ["1"]])
    assert count(good, "xlsx") == 1
    name = "xl/worksheets/sheet1.xml"
    bomb = part(good, name, lambda xml: xml + b" " * (8 << 20))
    with zipfile.ZipFile(io.BytesIO(bomb)) as file:
        true, start = file.getinfo(name).file_size, file.read(name)[:500]
    lying = bomb.replace(true.to_bytes(4, "little"), (500).to_bytes(4, "little"))
    crc = zlib.crc32(zipfile.ZipFile(io.BytesIO(bomb)).read(name)).to_bytes(4, "little")
    lying = lying.replace(crc, zlib.crc32(start).to_bytes(4, "little"))
    assert refused(lying, "xlsx") == ("damaged-file", "file")
    monkeypatch.setattr(package, "UNPACKED_BYTES", 4 << 20)
    assert refused(bomb, "xlsx") == ("too-large", "file")
    monkeypatch.setattr(package, "FILE_BYTES", 100)
    assert refused(good, "xlsx") == ("too-large", "file")
    assert refused(write_ods([["a"]]), "ods") == ("too-large", "file")


def test_one_long_text_in_every_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{min(n - 1, 1)}</v></c></row>' for n in range(1, 1001))
    shared = f'{HEAD}<sst xmlns="{MAIN}"><si><t>a</t></si><si><t>{"x" * 30_000}</t></si></sst>'.encode()
    data = part(with_sheet(f"<sheetData>{cells}</sheetData>"), "xl/sharedStrings.xml", lambda _: shared)
    link = (
        b'<Relationship Id="t" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
    )
    data = part(
        data,
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace(b"</Rel", link + b' Target="sharedStrings.xml"/></Rel'),
    )
    assert count(data, "xlsx") == 999
    monkeypatch.setattr("hub.adapters.xlsx.UNPACKED_BYTES", 20 << 20)
    assert refused(data, "xlsx") == ("too-large", "file")


def test_repeated_rows_and_columns_of_an_ods(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    head = f"<table:table-row>{cell.format('', 'a')}</table:table-row>"
    again = ' table:number-columns-repeated="{}"'
    for rows, columns, text in ((1_048_575, 1000, "x"), (1, 16_385, "x"), (2_000_000, 1, "x"), (900_000, 1, "x" * 400)):
        row = f'<table:table-row table:number-rows-repeated="{rows}">{cell.format(again.format(columns), text)}'
        rule = refused(write_ods({"Data": f"{head}{row}</table:table-row>"}), "ods")[0]
        assert rule == ("too-wide" if columns > 16_384 else "too-large")
    row = f'<table:table-row table:number-rows-repeated="300">{cell.format("", "x")}</table:table-row>'
    assert count(write_ods({"Data": head + row}), "ods") == 300
    monkeypatch.setattr(ods, "MOST_FILLED", 200)
    assert refused(write_ods({"Data": head + row}), "ods") == ("too-large", "file")


def test_merged_areas_of_the_whole_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_MERGED", 5)
    data = write_xlsx({"Data": Written([["a"], ["1"], ["2"]], merged=("A2:C3",))})
    assert refused(data, "xlsx") == ("too-large", "sheet 1")


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "CANARY"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_entities_encryption_and_parts_of_one_name(form: str) -> None:
    good = (write_xlsx if form == "xlsx" else write_ods)([["a"], ["1"]])
    name = "xl/workbook.xml" if form == "xlsx" else "content.xml"
    assert count(good, form) == 1
    assert refused(part(good, name, lambda xml: xml.replace(b"?>", b"?>" + ENTITIES, 1)), form)[0] == "damaged-file"
    assert refused(part(good, name.upper(), lambda _: b"<x/>"), form)[0] == "damaged-file"
    assert refused(part(good, name, lambda xml: xml[:-40]), form)[0] == "damaged-file"
    assert refused(good[: len(good) // 2], form)[0] == "damaged-file"
    assert refused(packed({"CANARY.txt": "x"}), form)[0] == "damaged-file"
    central = good.rindex(b"PK\x01\x02")
    assert refused(good[: central + 8] + b"\x01" + good[central + 9 :], form)[0] == "encrypted"


def test_an_ods_whose_manifest_says_that_it_is_encrypted() -> None:
    manifest = b'<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    data = part(write_ods([["a"], ["1"]]), "META-INF/manifest.xml", lambda _: manifest)
    assert refused(data, "ods") == ("encrypted", "file")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_json_100_000_deep(opening: bytes) -> None:
    assert refused(opening * 100_000, "json")[0] in ("too-deep", "not-json", "path-missing")
    assert refused(b"[" * 100_000 + b"]" * 100_000, "json") == ("too-deep", "file")
    row = b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"
    assert count(b"[" + row + b"]", "json") == 1


def test_json_that_is_none_or_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (b'{"a": 1}', b'[{"a": 1}', b'[{"a": 1}] x', b"[{'a': 1}]", b'[{"a": "\xff"}]', b"CANARY", b'"CANARY"'):
        assert refused(data, "json")[0] in ("not-json", "path-missing")
    wide = json.dumps([{f"CANARY{n}": n for n in range(200_000)}]).encode()
    assert count(wide, "json") == 1
    monkeypatch.setattr(json_table, "FILE_BYTES", 100)
    assert refused(b"[" + b" " * 200 + b"]", "json") == ("too-large", "file")


SMALL = {
    "csv": b'a;b\n1;"x\ny"\n2;z\n'.replace(b";", b","),
    "xlsx": write_xlsx([["a", "b"], ["1", 2.5], ["x", True]]),
    "ods": write_ods([["a", "b"], ["1", 2.5], ["x", True]]),
    "json": b'[{"a": 1, "b": "x"}, {"a": [1, 2], "b": null}]',
    "jsonl": b'{"a": 1, "b": "x"}\n{"a": [1, 2], "b": {}}\n',
}


@settings(max_examples=400, deadline=None)
@given(form=st.sampled_from(sorted(SMALL)), data=st.data())
def test_any_damage_to_a_file_is_rejected_and_nothing_else(form: str, data: st.DataObject) -> None:
    bad = bytearray(SMALL[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(bad) - 1))
        bad[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    with suppress(Rejected):
        count(bytes(bad), form, "a", "b")
    assert count(SMALL[form], form, "a", "b") == 2


@settings(max_examples=300, deadline=None)
@given(form=st.sampled_from(["xlsx", "ods"]), data=st.data())
def test_any_damage_inside_a_workbook_is_rejected_and_nothing_else(form: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(SMALL[form])) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    bad = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(bad) - 1))
        piece = st.binary(max_size=3) | st.sampled_from(
            [b"<", b"/>", b"9", b"99999999", b'"', b"<c>", b"&#0;", b"-1e999"]
        )
        bad[at : at + data.draw(st.integers(0, 5))] = data.draw(piece)
    with suppress(Rejected):
        count(packed({**parts, name: bytes(bad)}), form, "a", "b")
