"""Tables of figures, in which no person is: in clear in the log, and taken back by a complete file."""

import io
from pathlib import Path

import pytest

from hub.adapters.base import Record
from hub.adapters.contract import contract
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.edge.conformance import conformance
from hub.edge.deliver import Sender
from hub.edge.kept import Kept
from hub.edge.replay import as_record
from hub.edge.rows import Origin, row_reader
from hub.edge.tokens import People
from hub.edge.twice import Copies
from hub.errors import Stop
from hub.events.columns import Row, pack_rows, unpack_rows
from hub.events.periods import first_day, period_around
from hub.events.wire import NOBODY
from hub.log.check import UnbelievableError, check_chunk
from hub.vault.subjects import Handle
from tests.delivered import TOKENS, left
from tests.pipe import Pipe, write_mapping

COLUMNS = ("no", "what", "when", "heads", "leader")
GROUPS = """mapping: 1
name: xx_groups
partner: pt-test
country: PT
language: pt
source: {separator: ";", empty: ["-"]}
record: activity
key: [no]
subject: nobody
covers: quarter
ignore: [leader]
facts:
  - event: activity.held
    fields:
      kind: {column: what, codes: {grupo: PEER_GROUP, sessão: INFO_SESSION}}
      period: {column: when, as: quarter, dates: ["%d-%m-%Y", "%m-%Y", "T%q %Y", "%Y"]}
      programme: {value: EXAMPLE}
      attendances: {column: heads, as: integer}
"""


def groups(*rows: str) -> bytes:
    return "\n".join([";".join(COLUMNS), *rows, ""]).encode()


GOOD = groups("1;grupo;05-02-2025;13;CANARY-1", "2;sessão;05-2025;2;CANARY-2", "3;grupo;T2 2025;-;CANARY-3")


@pytest.fixture
def adapter(tmp_path: Path) -> MappingAdapter:
    return load_mapping(write_mapping(tmp_path, GROUPS))


def test_a_period_is_read_from_a_day_a_month_or_a_quarter_and_heads_leave_rounded(adapter: MappingAdapter) -> None:
    rows = left(adapter, GOOD).rows
    assert {tokens[-len(NOBODY) :] for tokens, _, _ in rows} == {NOBODY}
    assert sorted((period, facts[0][2]) for _, period, facts in rows) == [
        ("2025Q1", b'{"kind":"PEER_GROUP","period":"2025Q1","programme":"EXAMPLE","attendances":15}'),
        ("2025Q2", b'{"kind":"INFO_SESSION","period":"2025Q2","programme":"EXAMPLE","attendances":0}'),
        ("2025Q2", b'{"kind":"PEER_GROUP","period":"2025Q2","programme":"EXAMPLE"}'),
    ]


@pytest.mark.parametrize(
    ("row", "rule", "place"),
    [
        ("1;grupo;2025;3;x", "not-a-date", "when"),
        ("1;grupo;T5 2025;3;x", "not-a-date", "when"),
        ("1;grupo;01-01-2090;3;x", "in-the-future", "when"),
        ("1;grupo;05-02-2025;-3;x", "out-of-range", "heads"),
        ("1;dança;05-02-2025;3;x", "unknown-code", "what"),
        ("-;grupo;05-02-2025;3;x", "missing-key", "no"),
        ("1;grupo;-;3;x", "missing-value", "when"),
    ],
)
def test_a_row_is_refused_by_rule_and_column(adapter: MappingAdapter, row: str, rule: str, place: str) -> None:
    closing = left(adapter, groups(row)).closing
    assert [(each.rule, each.place) for each in closing.refusals] == [(rule, place)]


def test_a_years_figure_is_in_no_quarter_and_a_quarters_in_its_year(tmp_path: Path) -> None:
    yearly = GROUPS.replace("as: quarter", "as: year")
    assert [each.rule for each in left(load_mapping(write_mapping(tmp_path, yearly)), GOOD).closing.refusals] == [
        "out-of-range"
    ] * 3
    by_year = load_mapping(write_mapping(tmp_path, GROUPS.replace("covers: quarter", "covers: year")))
    assert left(by_year, GOOD).closing.covers == ("2025",)
    everything = load_mapping(write_mapping(tmp_path, yearly.replace("covers: quarter", "covers: all")))
    assert left(everything, GOOD).closing.covers == ("*", "2025")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("subject: nobody", "subject: record"), "an? activity is about nobody: subject says otherwise"),
        (("record: activity", "record: contact"), "a contact is about a person: subject says otherwise"),
        (("activity.held", "contact.held"), "line 13, .*is about nobody, and this event is not"),
        (("{value: EXAMPLE}", "{column: leader, as: text}"), "line 17, .*stands in clear: give codes or a value"),
        (("    fields:\n", "    part: {column: leader}\n    fields:\n"), "stands in clear: give each, repeat"),
        (("{value: EXAMPLE}", "{value: Two words}"), "the event has no code Two words"),
        (('as: quarter, dates: ["%d-%m-%Y", "%m-%Y", "T%q %Y", "%Y"]', "as: date"), "period is read as month, quarter"),
        (("as: quarter", "as: month"), "a quarter is no day"),
        (("T%q %Y", "%q"), "beside %q stands %Y"),
        (("as: integer", "as: number"), "attendances is read as integer"),
        (("      kind: {column: what, codes: {grupo: PEER_GROUP, sessão: INFO_SESSION}}\n", ""), "kind is needed"),
        (('source: {separator: ";"', 'source: {separator: ";", dates: ["T%q %Y"]'), "its format stands at the field"),
    ],
)
def test_a_mapping_of_figures_is_refused_by_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in GROUPS
    with pytest.raises(Stop, match=told):
        load_mapping(write_mapping(tmp_path, GROUPS.replace(*change)))


def test_what_a_complete_file_does_not_state_any_more_is_retracted(pipe: Pipe, tmp_path: Path) -> None:
    file, mapping = tmp_path / "groups.csv", write_mapping(tmp_path, GROUPS)
    file.write_bytes(GOOD)
    assert pipe.take_file(file, mapping, complete=True)["accepted"] == 3
    assert pipe.take_file(file, mapping, complete=True)["events"] == 0
    file.write_bytes(groups("3;grupo;T2 2025;8;x"))
    assert pipe.take_file(file, mapping, complete=True)["accepted"] == 1
    assert pipe.current("activity_held", "period, attendances") == [("2025Q1", 15), ("2025Q2", 10)]
    file.write_bytes(groups("9;grupo;T2 2025;8;x", "10;grupo;T2 2025;8;x"))
    pipe.take_file(file, mapping, complete=True)
    assert [period for (period,) in pipe.current("activity_held", "period")] == ["2025Q1", "2025Q2", "2025Q2"]


def test_several_rows_of_figures_make_one_record(pipe: Pipe, tmp_path: Path) -> None:
    mapping = write_mapping(
        tmp_path,
        GROUPS.replace("key: [no]", "key: [no]\nrows: several").replace("as: integer", "as: integer, merge: sum"),
    )
    file = tmp_path / "groups.csv"
    file.write_bytes(groups(*(f"1;grupo;05-02-2025;{heads};x" for heads in (3, 4, 6)), "2;grupo;05-02-2025;1;x"))
    assert pipe.take_file(file, mapping, complete=True)["accepted"] == 2
    assert pipe.current("activity_held", "attendances") == [(0,), (15,)]


def test_the_kit_passes_a_mapping_of_figures(adapter: MappingAdapter, tmp_path: Path) -> None:
    rows = [f"{n};{'grupo' if n % 3 else 'sessão'};05-0{n % 9 + 1}-2025;{n * 7};CANARY" for n in range(1, 40)]
    data = groups(*rows)
    checks = [*contract(lambda: adapter, data), *conformance(adapter, Sender("pt-test", "PT"), data, None)]
    assert {check.name: check.found for check in checks if check.state == "failed"} == {}


def test_the_hub_believes_no_figure_in_another_period(adapter: MappingAdapter) -> None:
    read = row_reader(adapter, Origin("PT", TOKENS, People(TOKENS), (), print), Copies())
    stated = read(next(adapter.read(io.BytesIO(GOOD)))).row
    handles = [Handle(b"r" * 32, None)]
    for period in ("2025Q1", "2025"):
        check_chunk(unpack_rows(pack_rows([Row(period, stated.facts)])), handles)
    for period in ("2025Q2", "2025-01", "2024"):
        with pytest.raises(UnbelievableError, match="another period"):
            check_chunk(unpack_rows(pack_rows([Row(period, stated.facts)])), handles)


def test_periods_hold_their_days_and_shorter_periods() -> None:
    assert [f"{first_day(said)}" for said in ("2025", "2025Q3", "2025-11", "2025-11-30")] == [
        "2025-01-01", "2025-07-01", "2025-11-01", "2025-11-30",
    ]  # fmt: skip
    assert [period_around("2025-11", grain) for grain in ("month", "quarter", "year")] == ["2025-11", "2025Q4", "2025"]
    with pytest.raises(ValueError, match="longer"):
        period_around("2025", "month")


def test_a_refused_record_of_three_rows_can_be_read_again(adapter: MappingAdapter) -> None:
    rows = [{"no": "1"}, {"no": "1"}, {"no": "1"}]
    torn = Kept("line 2", ["row-shape", "x", ""])
    assert as_record(Kept("line 2", rows), {"row-shape"}) == Record("line 2", rows)
    assert as_record(torn, {"row-shape"}).data.rule == "row-shape"


def test_a_number_is_read_into_the_band_that_holds_it_or_refused(tmp_path: Path) -> None:
    stays = GROUPS.replace("record: activity", "record: shelter").replace("subject: nobody", "subject: record")
    head, _ = stays.split("facts:")
    fields = (
        "      occurred_on: {column: when, as: date, dates: ['%d-%m-%Y']}\n"
        "      length: {column: heads, as: integer, bands: [0-7, 8-30, 31-90, 91-180, 181+]}\n"
    )
    rule = "facts:\n  - event: shelter.stayended\n    fields:\n"
    text = f"{head.replace('ignore: [leader]', 'ignore: [leader, what]')}{rule}{fields}"
    adapter = load_mapping(write_mapping(tmp_path, text))
    nights = ("0", "7", "8", "180", "181", "9999", "-")
    data = groups(*(f"{n};x;01-02-2025;{each};x" for n, each in enumerate(nights)))
    said = [adapter.translate(record).facts[0].data.get("length") for record in adapter.read(io.BytesIO(data))]
    assert said == ["0-7", "0-7", "8-30", "91-180", "181+", "181+", None]
    for bad, told in (
        ("181+]", "181+, 8-31]"),
        ("as: integer, bands", "as: text, bands"),
    ):
        with pytest.raises(Stop, match=r"the event has no code 8-31|bands hold integers"):
            load_mapping(write_mapping(tmp_path, text.replace(bad, told)))
    part = load_mapping(write_mapping(tmp_path, text.replace(", 181+]", "]")))
    refused = left(part, groups("1;x;01-02-2025;181;x")).closing.refusals
    assert [(each.rule, each.place) for each in refused] == [("out-of-range", "heads")]


def test_a_figure_whose_row_is_refused_is_kept_by_a_complete_file(pipe: Pipe, tmp_path: Path) -> None:
    file, mapping = tmp_path / "groups.csv", write_mapping(tmp_path, GROUPS)
    file.write_bytes(GOOD)
    pipe.take_file(file, mapping, complete=True)
    file.write_bytes(groups("2;dança;05-2025;2;x", "3;grupo;T2 2025;-;x"))
    said = pipe.take_file(file, mapping, complete=True)
    assert (said["quarantined"], said["unchanged"]) == (1, 1)
    assert [period for (period,) in pipe.current("activity_held", "period")] == ["2025Q1", "2025Q2", "2025Q2"]


def test_an_empty_table_and_ten_times_the_rows_go_in(pipe: Pipe, tmp_path: Path) -> None:
    file, mapping = tmp_path / "groups.csv", write_mapping(tmp_path, GROUPS)
    file.write_bytes(groups())
    assert pipe.take_file(file, mapping, complete=True)["received"] == 0
    file.write_bytes(groups(*(f"{n};grupo;05-02-2025;{n % 40};x" for n in range(3_000))))
    assert pipe.take_file(file, mapping, complete=True)["accepted"] == 3_000
