"""The edge alone: what leaves is the same by columns and row by row, in any order of rows, and in little memory."""

import hmac
import io
import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.generator import generate, mapping_of
from hub.adapters.base import Record, Rejected, Statement
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.adapters.plan_file import adapter as plan_file
from hub.edge.blocks import BlockCoder
from hub.edge.coding import Terms
from hub.edge.deliver import Sender, deliver
from hub.edge.leaving import Leaving
from hub.edge.packing import Packing
from hub.edge.rows import Origin, latest_day, of_records
from hub.edge.seal import Readers, Sealer
from hub.edge.tokens import PartnerTokens, People, prefixed
from hub.edge.twice import named_twice
from hub.errors import Stop
from hub.events.columns import pack_rows, unpack_rows
from hub.events.wire import (
    NO_PERIOD,
    NOBODY,
    TOKEN_BYTES,
    Chunk,
    Closing,
    Digest,
    End,
    Header,
    binding,
    open_closing,
    open_sealed,
    public_key,
)  # fmt: skip
from tests.pipe import COLUMNS, MAPPING, ROOT, row, write_mapping

VAULT, HUB, PARTNER = (bytes([n]) * 32 for n in (1, 2, 3))
READERS = Readers(*map(public_key, (VAULT, HUB, PARTNER)))
TOKENS = PartnerTokens(b"k" * 32, partner="pt-test", country="PT")
SENDER = Sender("pt-test", "PT")


class Left(NamedTuple):
    """A delivery, opened: what each row says under which tokens, its closing, and the rows that were put aside."""

    rows: list[tuple[bytes, str, tuple]]
    closing: Closing
    refused: dict[str, Any]


def left(adapter: Any, data: bytes, sender: Sender = SENDER, **options: Any) -> Left:
    """What leaves of a file."""
    options = {"complete": True, **options}
    header, parts = deliver(adapter, io.BytesIO(data), sender, tokens=TOKENS, readers=READERS, **options)
    return open_all(header, list(parts))


def row_by_row(adapter: MappingAdapter, data: bytes, sender: Sender = SENDER, periods: tuple[str, ...] = ()) -> Left:
    """The same file with care: every row through `translate` and the event's own model, and all of them wait."""
    header = Header("0" * 32, *sender, adapter.name, "1", True)
    sealer = Sealer(header, READERS)
    leaving = Leaving(sealer, print)
    origin = Origin(sender.country, TOKENS, People(TOKENS), periods, print)
    of_records(adapter, io.BytesIO(data), origin, leaving)
    parts: list[Chunk | End] = list(leaving.chunks(()))
    covers = tuple(sorted(leaving.covers))
    end = sealer.end(
        rows=leaving.stated,
        complete=True,
        covers=covers,
        refusals=leaving.refusals,
        refused=leaving.refused,
        unlinked=origin.people.unlinked,
    )
    return open_all(header, [*parts, end])


def open_all(header: Header, parts: list[Chunk | End]) -> Left:
    """A delivery, opened."""
    *chunks, end = parts
    digest = Digest(header)
    for chunk in chunks:
        digest.add(chunk)
    closing = open_closing(end[0], HUB, header)
    assert (closing.chunks, closing.digest) == (len(chunks), digest.hex())
    refused = end[1] and open_sealed(end[1], PARTNER, f"{header.delivery}|refused")
    return Left(opened(header, chunks), closing, dict(json.loads(refused or b"[]")))


def opened(header: Header, chunks: Sequence[Chunk | End]) -> list[tuple[bytes, str, tuple]]:
    """The rows of chunks."""
    rows = []
    for number, chunk in enumerate(chunks):
        tokens = open_sealed(chunk.tokens, VAULT, f"{binding(header)}|tokens|{number}")
        stated = unpack_rows(open_sealed(chunk.rows, HUB, f"{binding(header)}|rows|{number}"))
        assert 0 < len(stated.facts) <= 5_000
        names = [tokens[at : at + 2 * TOKEN_BYTES] for at in range(0, len(tokens), 2 * TOKEN_BYTES)]
        rows += zip(names, stated.periods, [tuple(sorted(facts)) for facts in stated.facts], strict=True)
    return rows


def table(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A `;`-separated file; what is no text in it comes as broken bytes."""
    lines = [";".join(columns), *(";".join(cells) for cells in rows), ""]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def cells(*numbers: int, **changed: str) -> list[list[str]]:
    return [list(row(number, **changed).values()) for number in numbers]


@pytest.fixture
def adapter(tmp_path: Path) -> MappingAdapter:
    return load_mapping(write_mapping(tmp_path))


# What a partner may write, and what a mapping may make of it: for `test_columns_say_what_rows_say`.

KEYS = ("key: [no]", "key: [no, case]", "key: content")
SUBJECTS = ("subject: record", "subject: {columns: [case]}", "subject: {scheme: nl.bsn, columns: [case]}",
            "subject: {columns: [case, sex]}")  # fmt: skip
WHENS = ("", "when: [{column: psy, in: [y]}]", "when: [{column: psy, not_in: [n]}, {column: sex, filled: true}]")
DAYS = ('{column: date, as: date}', '{column: date, as: date, dates: ["%d-%m-%Y", "%m-%Y", "%Y"]}',
        '{value: "2025-02-03"}')  # fmt: skip
FIELDS = (
    "sex: {column: sex, codes: {f: F, m: M, '': NR}}",
    "sex: {column: sex, codes: {f: F}, else: U}",
    "age: {column: age, as: integer}",
    "birth_on: {column: birth, as: date, dates: ['%Y', '%d-%m-%Y']}",
    "age_band: {column: age, as: text}",
    "nationality: {column: nation, as: text}",
    "region: {column: nation, as: text}",
    "region: {column: age, as: integer}",
    "duration_minutes: {column: age, as: integer}",
    "violence_forms: {flags: {phy: PHY, psy: PSY}, yes: [y], no: [n]}",
    "violence_forms: {column: nation, split: '+', codes: {PT: PHY, FI: PSY, x: PHY}}",
    "recorded_on: {column: birth, as: date, dates: ['%Y', '%d-%m-%Y']}",
    "occurred_precision: {column: nation, codes: {PT: M, FI: Y}, else: D}",
    "occurred_precision: {value: M}",
    "cohabiting: {value: Y}",
)
COARSE = {"age": "age_band", "birth_on": "age_band", "nationality": "nationality_group"}
OTHER_RULES = (
    "",
    "  - {event: contact.attempted, fields: {occurred_on: {column: birth, as: date}}}",
    "  - {event: contact.attempted, when: [{column: phy, in: [y]}], part: {column: nation},"
    " fields: {occurred_on: {column: date, as: date}, attempt: {column: age, as: integer}}}",
    "  - {event: contact.attempted, fields: {occurred_on: {column: date, as: date}, age: {column: age, as: integer}}}",
    "  - {event: contact.attempted, fields: {occurred_on: {column: date, as: date},"
    " birth_on: {column: birth, as: date}}}",
    "  - {event: contact.held, when: [{column: phy, in: [y]}], part: {column: nation},"
    " fields: {occurred_on: {column: birth, as: date}, sex: {column: sex, codes: {f: F, m: M}}}}",
)
GOOD = {
    "no": ("R1", "R2", "R3", " R4", "R5 ", "Ré6"), "case": ("C1", "C2", " C2", "111222333", "123456782"),
    "date": ("03-02-2025", " 03-02-2025", "04-02-2025", "05-06-2025"),
    "sex": ("f", "m", "f ", ""), "age": ("20", "44", ""),
    "phy": ("y", "n", "y "), "psy": ("y", "n", "n"), "birth": ("2000", "03-02-2007", "04-02-2007", ""),
    "nation": ("PT", "FI", ""),
}  # fmt: skip
BAD = {
    "no": ("", "\udcff"), "case": ("", "\udcfe"), "date": ("02-2025", "2025", "31-02-2025", "01-01-2099", ""),
    "sex": ("?", "\udc80"), "age": ("150", "-1", "x", "25-34"), "phy": ("", "?"), "psy": ("", "?"),
    "birth": ("05-01-2030", "1800", "04-02-2025"), "nation": ("PT+FI", "x", "PT11", "Portugal", "a b"),
}  # fmt: skip
WORDS = {column: GOOD[column] * 4 + BAD[column] for column in GOOD}
ALL = tuple(WORDS)


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A mapping file."""
    picked = draw(
        st.lists(st.sampled_from(FIELDS), max_size=6, unique_by=lambda f: COARSE.get(name := f.split(":")[0], name))
    )
    fields = draw(st.permutations([f"occurred_on: {draw(st.sampled_from(DAYS))}", *picked]))
    when = draw(st.sampled_from(WHENS))
    covers = draw(st.sampled_from(("quarter", "month", "all")))
    return "\n".join([
        "mapping: 1", "name: xx_contacts", "partner: pt-test", "country: PT", "language: pt", f"covers: {covers}",
        'source: {separator: ";", dates: ["%d-%m-%Y", "%Y"], empty: [n/d]}', "record: contact",
        draw(st.sampled_from(KEYS)), draw(st.sampled_from(SUBJECTS)), f"ignore: [{', '.join(ALL)}]", "facts:",
        "  - event: contact.held", *([f"    {when}"] if when else []), "    fields:",
        *(f"      {field}" for field in fields), draw(st.sampled_from(OTHER_RULES)),
    ])  # fmt: skip


TABLES = st.lists(st.tuples(*map(st.sampled_from, WORDS.values())), min_size=1, max_size=25)
"""Few words a column, so that records come twice, agree and disagree."""


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mapping=mappings(), rows=TABLES, named=st.booleans())
def test_columns_say_what_rows_say(tmp_path_factory, mapping: str, rows: list[tuple[str, ...]], named: bool) -> None:
    adapter = load_mapping(write_mapping(tmp_path_factory.getbasetemp(), mapping))
    periods = ("2025-02" if adapter.grain == "month" else "2025Q1",) if named else ()
    data = table(rows, ALL)
    assert_same(left(adapter, data, periods=periods), row_by_row(adapter, data, periods=periods), periods)


def assert_same(quick: Left, careful: Left, periods: tuple[str, ...] = ()) -> None:
    """The same rows, the same closing, the same refusals; and what was refused by key is held."""
    assert Counter(r for r in quick.rows if r[2]) == Counter(careful.rows)
    assert quick.refused == careful.refused
    assert sorted(map(repr, quick.closing.refusals)) == sorted(map(repr, careful.closing.refusals))
    assert (quick.closing.rows, quick.closing.refused) == (careful.closing.rows, careful.closing.refused)
    assert {*quick.closing.covers} - {"*"} == {*careful.closing.covers, *periods}


def test_a_row_that_states_one_event_twice_is_refused(tmp_path: Path) -> None:
    again = "  - {event: contact.held, part: {column: name}, fields: {occurred_on: {column: date, as: date}}}\n"
    adapter = load_mapping(write_mapping(tmp_path, MAPPING.replace("ignore: [name]\n", "") + again))
    found = left(adapter, table([*cells(1, name="a"), *cells(2, name=" "), *cells(3, name="b c")]))
    assert [len(r[2]) for r in found.rows] == [2, 0, 0]
    assert [(r.position, r.rule) for r in found.closing.refusals] == [("line 3", "fact-twice"), ("line 4", "bad-part")]


def test_generated_files_of_three_partners_say_by_columns_what_they_say_by_rows(tmp_path: Path) -> None:
    for made in generate(tmp_path, scale=0.02, broken=60, echo=lambda _line: None):
        adapter, data = load_mapping(mapping_of(made.partner)), made.path.read_bytes()
        sender = Sender(made.partner, made.partner[:2].upper())
        quick = left(adapter, data, sender)
        assert quick.closing.refused > 20
        assert_same(quick, row_by_row(adapter, data, sender))


def test_a_real_file_says_by_columns_what_it_says_by_rows(inputs: Path) -> None:
    adapter = load_mapping(ROOT / "examples" / "adapters" / "ar_linea144.yaml")
    data = (inputs / "helpline_contacts_ar" / "linea144-2023.csv").read_bytes()
    quick = left(adapter, data, sender := Sender("ar-linea144", "AR"))
    assert quick.closing.rows == 5296
    assert_same(quick, row_by_row(adapter, data, sender))


def test_a_block_packs_into_the_bytes_that_its_rows_make_one_by_one(tmp_path: Path) -> None:
    phy = MAPPING.replace("    fields:", "    when: [{column: phy, in: [y]}]\n    fields:")
    other = (
        "  - {event: contact.held, when: [{column: phy, in: [n]}], fields: {occurred_on: {column: date, as: date}}}\n"
    )
    for mapping in (MAPPING, phy + other):
        adapter = load_mapping(write_mapping(tmp_path, mapping))
        coder = BlockCoder(adapter, Terms("PT", adapter.grain, (), latest_day()))
        packing, rows = Packing(coder.rules), []
        for start in (0, 50):
            (block,) = adapter.blocks(io.BytesIO(table(cells(*range(start, start + 50)))))
            coarse = coder.code(block)
            stays = [number % 3 > 0 for number in range(50)] if start else None
            packing.add(coarse, stays)
            chosen = {number for number in range(50) if not stays or stays[number]}
            places = coder.places(coarse, chosen)
            rows += [coder.row(coarse, number, places) for number in sorted(chosen)]
        assert packing.take() == pack_rows(rows)


def test_nothing_of_a_row_that_is_refused_leaves(adapter: MappingAdapter) -> None:
    data = table([*cells(*range(9)), *cells(20, age="90", sex="?"), *cells(21, age="7", no="")])
    rows = left(adapter, data).rows
    assert "75+" not in str(rows)
    assert "6-11" not in str(rows)
    assert "75+" in str(left(adapter, table(cells(20, age="90"))).rows)


def test_rows_that_disagree_leave_the_same_one_in_any_order(adapter: MappingAdapter) -> None:
    said = [*cells(1, age="20"), *cells(1, age="50"), *cells(1, age="50"), *cells(1, age="70"), *cells(*range(2, 40))]
    before = None
    for seed in range(6):
        random.Random(seed).shuffle(said)
        now = left(adapter, table(said))
        assert now.closing.rows + now.closing.refused == len(said)
        assert {refusal.rule for refusal in now.closing.refusals} == {"contradicts-row"}
        assert before in (None, Counter(now.rows)), "the same rows leave, whatever their order"
        before = Counter(now.rows)


def test_copies_of_one_row_all_leave(adapter: MappingAdapter) -> None:
    assert left(adapter, table(cells(1, 1, 1))).closing.rows == 3


def test_refused_rows_with_a_key_are_held_and_one_without_makes_the_delivery_incomplete(
    adapter: MappingAdapter,
) -> None:
    told: list[str] = []
    kept = left(adapter, table([*cells(1, 2), *cells(3, age="?")]), echo=told.append)
    (token,) = TOKENS.records("xx_contacts/contact", ["R3"])
    assert [r for r in kept.rows if not r[2]] == [(token + NOBODY, NO_PERIOD, ())]
    assert (kept.closing.complete, told) == (True, [])
    open_end = left(adapter, table([*cells(1, 2), *cells(3, no="")]), echo=told.append)
    assert (open_end.closing.complete, open_end.closing.rows, open_end.closing.refused) == (False, 2, 1)
    assert "1 refused rows name no record" in told[0]


def test_rows_without_keys_are_told_apart_by_what_they_say_in_any_order(tmp_path: Path) -> None:
    keyless = MAPPING.replace("key: [no]", "key: content").replace("[name]", "[name, no]")
    adapter = load_mapping(write_mapping(tmp_path, keyless))
    said = cells(1, 2, 2, 2, 3, 3)
    rows = left(adapter, table(said)).rows
    assert len({r[0][:TOKEN_BYTES] for r in rows}) == 6
    random.Random(1).shuffle(said)
    assert Counter(left(adapter, table(said)).rows) == Counter(rows)


def test_a_file_that_cannot_be_read_as_a_whole_is_refused_before_its_first_part(adapter: MappingAdapter) -> None:
    for data in (b"", b"no;case\n1;2\n", table([], [*COLUMNS, "more"])):
        _, parts = deliver(adapter, io.BytesIO(data), SENDER, tokens=TOKENS, readers=READERS, complete=True)
        with pytest.raises(Rejected):
            next(parts)


def test_what_cannot_be_delivered_is_a_stop_before_anything_is_read(adapter: MappingAdapter) -> None:
    for sender, periods in ((Sender("nl-test", "PT"), ()), (SENDER, ("2025",))):
        with pytest.raises(Stop):
            deliver(adapter, io.BytesIO(b""), sender, tokens=TOKENS, readers=READERS, complete=True, periods=periods)


def test_parts_come_while_the_file_is_still_read(adapter: MappingAdapter) -> None:
    source = io.BytesIO(table(cells(*range(20_000))))
    _, parts = deliver(adapter, source, SENDER, tokens=TOKENS, readers=READERS, complete=True)
    assert isinstance(next(parts), Chunk)
    assert source.tell() < len(source.getvalue()) / 2
    *_, end = parts
    assert isinstance(end, End)


def test_memory_does_not_grow_with_the_file(adapter: MappingAdapter, tmp_path: Path) -> None:
    peaks = []
    for count in (10_000, 40_000):
        path = tmp_path / "table.csv"
        path.write_bytes(table(cells(*range(count), case="C1")))
        with path.open("rb") as source:
            tracemalloc.start()
            _, parts = deliver(adapter, source, SENDER, tokens=TOKENS, readers=READERS, complete=True)
            for _ in parts:
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + path.stat().st_size // 8, "four times the rows"


def test_a_plan_leaves_whole_and_about_nobody() -> None:
    data = (ROOT / "examples" / "programmes" / "invictus" / "pt.yaml").read_bytes()
    rows, closing, _ = left(plan_file, data, Sender("pt-invictus", "PT"))
    assert [(r[0][TOKEN_BYTES:], r[1]) for r in rows] == [(NOBODY, NO_PERIOD)]
    assert (closing.rows, closing.covers, closing.complete) == (1, (), True)


class Python:
    """An adapter written in Python, of a source without keys."""

    name = "own"

    def read(self, source):
        yield from (Record(f"line {n}", text) for n, text in enumerate(source.read().split(), 1))

    def translate(self, record: Record) -> Statement:
        raise Rejected("unknown-code", "word")


def test_an_adapter_in_python_refuses_its_rows_by_name() -> None:
    assert left(Python(), b"a b").closing.refused == 2


@given(st.lists(st.lists(st.sampled_from([str(n) for n in range(40)]), max_size=8), max_size=8))
def test_all_names_that_come_twice_are_found_and_few_others(blocks: list[list[str]]) -> None:
    counts = Counter(name for block in blocks for name in block)
    twice = named_twice(blocks, size=10_000)
    assert {hash(name) for name, times in counts.items() if times > 1} <= twice
    assert len(twice) <= sum(times > 1 for times in counts.values()) + 3, "two names may share a place by chance"


def test_a_million_names_make_few_others_wait() -> None:
    names = ([f"R{n + start}" for n in range(1_000)] for start in range(0, 200_000, 1_000))
    assert len(named_twice(names, size=200_000 * 200)) < 200_000 * 0.02


@pytest.mark.parametrize("key", ["", "7", "é" * 90, "x" * 255, "x" * 256, "x" * 70_000])
def test_tokens_are_hmac_sha256_of_length_prefixed_parts(key: str) -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    for purpose, made in (
        ("record", TOKENS.records("kind", [key])[0]),
        ("person", TOKENS.persons("kind", [key])[0]),
        ("unknown", TOKENS.unknown_persons("kind", [key])[0]),
    ):
        derived = HKDFExpand(SHA256(), 32, prefixed("vsh/v1", purpose, "PT", "pt-test", "1")).derive(b"k" * 32)
        assert made == hmac.digest(derived, prefixed("kind", key), sha256)
