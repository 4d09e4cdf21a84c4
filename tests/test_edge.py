"""The edge alone: what leaves, what is refused and what is held, in any order of rows, and in little memory."""

import hmac
import io
import random
import tracemalloc
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.base import Record, Rejected, Statement
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.adapters.plan_file import adapter as plan_file
from hub.edge.deliver import Sender, deliver
from hub.edge.tokens import prefixed
from hub.edge.twice import named_twice
from hub.errors import Stop
from hub.events.wire import NO_PERIOD, NOBODY, TOKEN_BYTES, Chunk, End
from tests.delivered import READERS, SENDER, TOKENS, cells, left, table
from tests.pipe import COLUMNS, MAPPING, ROOT, write_mapping


@pytest.fixture
def adapter(tmp_path: Path) -> MappingAdapter:
    return load_mapping(write_mapping(tmp_path))


def test_a_row_that_states_one_event_twice_is_refused(tmp_path: Path) -> None:
    again = "  - {event: contact.held, part: {column: name}, fields: {occurred_on: {column: date, as: date}}}\n"
    adapter = load_mapping(write_mapping(tmp_path, MAPPING.replace("ignore: [name]\n", "") + again))
    found = left(adapter, table([*cells(1, name="a"), *cells(2, name=" "), *cells(3, name="b c")]))
    assert [len(r[2]) for r in found.rows] == [2, 0, 0]
    assert [(r.position, r.rule) for r in found.closing.refusals] == [("line 3", "fact-twice"), ("line 4", "bad-part")]


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
