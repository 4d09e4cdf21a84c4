"""Reading partners' tables: every row comes out, damage is named exactly, and good rows survive their neighbours."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters import delimited, every, find
from hub.adapters.base import Rejected
from hub.adapters.fields import compile_field
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.adapters.mapping_file import FieldRule
from hub.adapters.readings import MISSING
from hub.adapters.source import Source
from hub.adapters.table import Damaged
from hub.errors import Stop
from tests.pipe import COLUMNS, MAPPING, row, write_mapping

HEADER = ";".join(COLUMNS)


@pytest.fixture
def adapter(tmp_path: Path) -> MappingAdapter:
    return load_mapping(write_mapping(tmp_path))


def told(adapter: MappingAdapter, data: bytes) -> tuple[list[str], dict[str, list[tuple[str, str]]]]:
    """Keys of the statements, and problems by position."""
    keys, problems = [], {}
    for record in adapter.read(io.BytesIO(data)):
        try:
            keys.append(adapter.translate(record).key or "")
        except Rejected as rejected:
            problems[record.position] = [tuple(problem) for problem in rejected.problems]
    return keys, problems


def text(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def line(number: int, **changed: str) -> str:
    return ";".join(row(number, **changed).values())


def test_a_byte_order_mark_blank_lines_and_any_line_end_are_no_damage(adapter: MappingAdapter) -> None:
    for end in ("\n", "\r\n", "\r"):
        data = "\ufeff" + end.join([HEADER, line(1), "", line(2), ""])
        assert told(adapter, data.encode()) == (["R1", "R2"], {})


def test_columns_may_come_in_another_order(adapter: MappingAdapter) -> None:
    cells = row(1)
    data = ";".join(reversed(cells)) + "\n" + ";".join(reversed(cells.values()))
    assert told(adapter, data.encode()) == (["R1"], {})


def test_a_quoted_line_break_is_part_of_its_cell(adapter: MappingAdapter) -> None:
    data = text(line(1, name='"two\nlines; and ""quotes"""'), line(2))
    assert told(adapter, data) == (["R1", "R2"], {})


def test_a_forgotten_quote_costs_its_own_row_and_no_other(adapter: MappingAdapter) -> None:
    for at in ("name", "sex"):
        data = text(line(1), line(2, **{at: '"open'}), line(3), line(4))
        assert told(adapter, data) == (["R1", "R3", "R4"], {"line 3": [("row-shape", "line 3")]})


def test_rows_of_another_shape_are_named_by_their_line(adapter: MappingAdapter) -> None:
    data = text(line(1), "R2;too;short", line(3), line(4) + ";long", line(5))
    keys, problems = told(adapter, data)
    assert keys == ["R1", "R3", "R5"]
    assert problems == {"line 3": [("row-shape", "line 3")], "line 5": [("row-shape", "line 5")]}


def test_bytes_that_do_not_fit_the_encoding_are_named_in_their_column(adapter: MappingAdapter) -> None:
    data = text(line(1), line(2, sex="\x00BAD\x00"), line(3)).replace(b"\x00BAD\x00", b"\xff\xfe")
    assert told(adapter, data) == (["R1", "R3"], {"line 3": [("not-text", "sex")]})


def test_all_problems_of_a_row_are_named_at_once(adapter: MappingAdapter) -> None:
    data = text(line(1, date="31-02-2025", sex="?", age="old", no=""))
    assert told(adapter, data)[1] == {
        "line 2": [("missing-key", "no"), ("not-a-date", "date"), ("unknown-code", "sex"), ("not-an-integer", "age")]
    }


@pytest.mark.parametrize(
    ("header", "rule", "place"),
    [
        ("", "empty-file", "line 1"),
        (HEADER.replace(";name", ""), "column-missing", "name"),
        (HEADER + ";CANARY", "column-unknown", "column 9"),
        (HEADER + ";no", "column-twice", "column 9"),
    ],
)
def test_a_file_with_other_columns_is_refused_as_a_whole(
    adapter: MappingAdapter, header: str, rule: str, place: str
) -> None:
    with pytest.raises(Rejected) as caught:
        list(adapter.read(io.BytesIO(header.encode())))
    assert (rule, place) in caught.value.problems
    assert "CANARY" not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_damage_is_rejected_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    adapter = load_mapping(write_mapping(tmp_path_factory.mktemp("m")))
    good = bytearray(text(*(line(n) for n in range(6))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(good) - 1))
        good[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4) | st.sampled_from([b'"', b"\n"]))
    try:
        keys, problems = told(adapter, bytes(good))
    except Rejected:
        return
    assert len(keys) + len(problems) >= 1


def test_a_mapping_file_is_refused_with_the_place_and_the_rule(tmp_path: Path) -> None:
    wrong = {
        "{column: date, as: date}": ("{column: date}", "facts.0.fields.occurred_on"),
        "contact.held": ("contact.dreamt", "no such event"),
        "{f: F, m: M": ("{f: Q, m: M", "the event has no code Q"),
        "phy: PHY": ("phy: HIT", "the event has no code HIT"),
        "age: {": ("shoe_size: {", "no field shoe_size"),
        "mapping: 1": ("mapping: 7", "mapping:"),
        "key: [no]": ("keys: [no]", "keys"),
    }
    for good, (bad, named) in wrong.items():
        assert good in MAPPING
        with pytest.raises(Stop, match=r"mapping\.yaml") as caught:
            load_mapping(write_mapping(tmp_path, MAPPING.replace(good, bad, 1)))
        assert named in str(caught.value)
    with pytest.raises(Stop, match="line 3"):
        load_mapping(write_mapping(tmp_path, "a: 1\nb: [\n}"))


def test_words_in_a_mapping_are_texts_as_written(tmp_path: Path) -> None:
    plain = MAPPING.replace("yes: [y], no: [n]", "yes: [Yes, on], no: [No, off]").replace("f: F", "no: F")
    mapping = load_mapping(write_mapping(tmp_path, plain)).mapping
    assert mapping.facts[0].fields["violence_forms"].no == ["No", "off"]
    assert mapping.facts[0].fields["sex"].codes == {"no": "F", "m": "M", "": "NR"}


def test_every_installed_adapter_loads_under_its_name() -> None:
    names = [name for name, _ in every()]
    assert {"pt_apav", "nl_slachtofferhulp", "fi_riku", "plan_file"} <= set(names)
    assert all(find(name).name == name for name in names)
    with pytest.raises(Stop):
        find("nobody")


@pytest.mark.parametrize(
    "text", ["4.5", "1.5", "1_8", "1e1", "3_0", "1,2,", "\u0663", "inf", "nan", "--1", "1.0000", ""]
)
def test_a_number_is_what_the_dialect_writes_and_nothing_else(text: str) -> None:
    field = compile_field(FieldRule(column="n", **{"as": "integer"}), Source(decimal=",", thousands="."))
    problems: list = []
    assert field({"n": text}, problems) is MISSING
    assert problems == ([("not-an-integer", "n")] if text else [])


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("1.234", 1234), ("1.234.567,0", 1234567), (" 7 ", 7), ("-0", 0)]
)
def test_national_thousands_and_decimals_are_read(text: str, number: int) -> None:
    field = compile_field(FieldRule(column="n", **{"as": "integer"}), Source(decimal=",", thousands="."))
    assert field({"n": text}, []) == number


@pytest.mark.parametrize("text", ["3025-01-02", "1899-12-31", "2025-02-29", "0001-01-01", "20250102"])
def test_a_day_that_nobody_can_mean_is_refused(text: str) -> None:
    field = compile_field(FieldRule(column="d", **{"as": "date"}), Source())
    problems: list = []
    assert field({"d": text}, problems) is MISSING
    assert len(problems) == 1


def test_words_for_nothing_name_no_record_and_no_person(tmp_path: Path) -> None:
    adapter = load_mapping(write_mapping(tmp_path, MAPPING.replace('separator: ";"', 'separator: ";", empty: [n/d]')))
    assert told(adapter, text(line(1, case="n/d"), line(2, no="n/d")))[1] == {
        "line 2": [("missing-subject", "case")],
        "line 3": [("missing-key", "no")],
    }


def test_utf16_that_cannot_be_counted_is_refused_whole(tmp_path: Path) -> None:
    adapter = load_mapping(
        write_mapping(tmp_path, MAPPING.replace('separator: ";"', 'separator: ";", encoding: utf-16-le'))
    )
    good = text(*(line(n) for n in range(400))).decode().encode("utf-16-le")
    assert len(told(adapter, good)[0]) == 400
    middle = len(good) // 4 * 2
    with pytest.raises(Rejected, match="not-text"):
        told(adapter, good[:middle] + b"\x00\xd8" + good[middle:])


def test_a_line_inside_a_damaged_quoted_cell_is_no_record(adapter: MappingAdapter) -> None:
    hidden = line(9)
    data = text(line(1), line(2, name=f'"remark\n{hidden}\nmore"') + ";one too many", line(3))
    assert told(adapter, data) == (["R1", "R3"], {"line 3": [("row-shape", "line 3")]})


@pytest.mark.parametrize("bad", ["encoding: klingon", "encoding: base64"])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(Stop, match="encoding"):
        load_mapping(write_mapping(tmp_path, MAPPING.replace('separator: ";"', f'separator: ";", {bad}')))


def test_a_mapping_states_people_only_once_and_from_one_source(tmp_path: Path) -> None:
    for bad, named in (
        (MAPPING.replace("contact.held", "record.retracted"), "a contact is about a person, and this event is not"),
        (MAPPING + "      birth_on: {column: date, as: date}\n", "two sources for age_band"),
        (MAPPING.replace("age: {column: age, as: integer}", "birth_on: {column: age, as: integer}"), "read as date"),
        (MAPPING + "  - {event: contact.held, fields: {occurred_on: {column: date, as: date}}}\n", "without a part"),
    ):
        with pytest.raises(Stop, match=named):
            load_mapping(write_mapping(tmp_path, bad))


def test_a_constant_day_or_number_is_read_as_one_or_the_mapping_is_refused(tmp_path: Path) -> None:
    day = MAPPING.replace("{column: date, as: date}", '{value: "2025-02-03"}').replace("[name]", "[name, date]")
    stated = next(load_mapping(write_mapping(tmp_path, day)).read(io.BytesIO(text(line(1)))))
    fact = load_mapping(write_mapping(tmp_path, day)).translate(stated).facts[0]
    assert str(fact.data["occurred_on"]) == "2025-02-03"
    with pytest.raises(Stop, match="not-a-date"):
        load_mapping(write_mapping(tmp_path, day.replace("2025-02-03", "spring")))
    with pytest.raises(Stop, match="not-an-integer"):
        load_mapping(write_mapping(tmp_path, MAPPING.replace("{column: age, as: integer}", "{value: old}")))


PIECES = ("R1", "a", ";", ";", "\n", "\n", "\r\n", "\r", '"', '"x;y"', '"two\nlines"', '""', " ", "é", "\udcff", "\x00")
TABLES = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
"""Tables of three columns, mostly damaged."""
SEMICOLON = Source(separator=";")


def read_in_blocks(data: bytes, rows: int, only: tuple[str, ...] | None = None) -> list[tuple]:
    """Line and content of each row, and the damaged ones, read so many lines at a time."""
    found: list[tuple] = []
    before, delimited.BLOCK_ROWS = delimited.BLOCK_ROWS, rows
    try:
        for block in delimited.read_delimited(io.BytesIO(data), SEMICOLON, frozenset("xyz"), only):
            found += zip(block.lines, map(tuple, block.rows), strict=True)
            found += block.damaged
    finally:
        delimited.BLOCK_ROWS = before
    return sorted(found, key=lambda row: row[0])


@settings(max_examples=600, deadline=None)
@given(text=TABLES, rows=st.integers(1, 6))
def test_a_table_reads_the_same_at_once_and_line_by_line(text: str, rows: int) -> None:
    data = f"x;y;z\n{text}".encode("utf-8", "surrogateescape")
    _, *lines = io.TextIOWrapper(io.BytesIO(data), "utf-8", errors="surrogateescape", newline="")
    block, taken = delimited._one_by_one(lines, iter(()), 1, delimited.dialect_of(SEMICOLON), ("x", "y", "z"))
    assert taken == len(lines)
    careful = [*zip(block.lines, map(tuple, block.rows), strict=True), *block.damaged]
    assert read_in_blocks(data, rows) == read_in_blocks(data, 1_000) == sorted(careful, key=lambda row: row[0])


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(st.lists(st.text(st.sampled_from('a;"\n\r é\x00')), min_size=3, max_size=3)), size=st.integers(1, 4)
)
def test_what_the_csv_module_writes_is_read_as_it_was(rows: list[list[str]], size: int) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows([["x", "y", "z"], *rows])
    assert [cells for _, cells in read_in_blocks(written.getvalue().encode(), size)] == [
        tuple(row) for row in rows if any(row)
    ]


@settings(max_examples=200, deadline=None)
@given(text=TABLES, key=st.sampled_from([("x",), ("z",), ("y", "x")]))
def test_a_quick_look_at_the_keys_misses_no_row(text: str, key: tuple[str, ...]) -> None:
    data = f"x;y;z\n{text}".encode("utf-8", "surrogateescape")
    places = ["xyz".index(name) for name in key]

    def keys(found: list[tuple]) -> Counter[tuple[str, ...]]:
        return Counter(
            tuple(cells[at].strip() for at in places) for _, cells in found if not isinstance(cells, Damaged)
        )

    assert keys(read_in_blocks(data, 3)) <= keys(read_in_blocks(data, 3, key))
