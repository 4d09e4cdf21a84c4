"""Rows travel as columns: what comes out is what went in, and nothing that an edge would not make gets through."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.events import MODELS
from hub.events.base import Event
from hub.events.codes import AgeBand, Sex, ViolenceForm
from hub.events.columns import Column, Packed, Row, Table, pack_rows, unpack_rows
from hub.events.contact import ContactHeld
from hub.events.facts import checked_value, code_value, coded, join, shape_of
from hub.events.referral import ReferralReceived, ReferralSent

HELD = ContactHeld.topic()
days = st.dates(date(2025, 1, 1), date(2025, 3, 31))
contacts = st.builds(
    ContactHeld,
    occurred_on=days,
    sex=st.sampled_from(get_args(Sex)),
    age_band=st.sampled_from(get_args(AgeBand)),
    region=st.sampled_from([None, "PT17", "PT"]),
    violence_forms=st.lists(st.sampled_from(get_args(ViolenceForm)), unique=True, max_size=3).map(tuple),
)
events: st.SearchStrategy[Event] = st.one_of(
    contacts, st.builds(ReferralSent, occurred_on=days), st.builds(ReferralReceived, occurred_on=days)
)


def row(*facts: Event, period: str = "2025Q1") -> Row:
    return Row(period, tuple(coded(fact) for fact in facts))


def packed(*facts: Event) -> Packed:
    return msgspec.msgpack.decode(pack_rows([row(fact) for fact in facts]), type=Packed)


def changed(change: Callable[[Packed], Packed]) -> bytes:
    made = packed(ContactHeld(occurred_on=date(2025, 1, 2), sex="F"), ContactHeld(occurred_on=date(2025, 1, 3)))
    return msgspec.msgpack.encode(change(made))


def with_field(name: str, column: Column) -> Callable[[Packed], Packed]:
    def change(made: Packed) -> Packed:
        table = made.tables[0]
        fields = {**table.fields, name: column}
        return Packed(made.count, made.periods, [Table(table.topic, table.rows, table.parts, fields)])

    return change


@given(st.lists(st.lists(events, max_size=3, unique_by=lambda event: event.name), max_size=12))
def test_what_comes_out_of_a_chunk_is_what_went_in(rows: list[list[Event]]) -> None:
    stated = unpack_rows(pack_rows([row(*facts) if facts else row(period="") for facts in rows]))
    for facts, said, dated in zip(rows, stated.facts, stated.dated, strict=True):
        wanted = {fact.topic(): fact.model_dump_json(exclude_defaults=True, exclude_none=True) for fact in facts}
        assert {fact.topic: fact.data.decode() for fact in said} == wanted
        order = list(MODELS)
        assert [order.index(fact.topic) for fact in said] == sorted(order.index(fact.topic) for fact in said)
        assert (dated == b"") == (not facts)


@given(contacts)
def test_the_fields_joined_are_the_canonical_text_of_the_event(event: ContactHeld) -> None:
    assert join(coded(event).values) == event.model_dump_json(exclude_defaults=True, exclude_none=True).encode()
    for position, name in enumerate(shape_of(HELD).fields):
        assert code_value(HELD, position, getattr(event, name)) == coded(event).values[position]


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("sex", b'"X Y"'), ("sex", b'"NR"'), ("sex", b' "F"'), ("sex", b'"\\u0046"'), ("sex", b"null"), ("sex", b""),
        ("occurred_on", b'"2025-1-2"'), ("occurred_on", b"1735776000"), ("occurred_on", b'"2025-01-02T00:00:00"'),
        ("region", b'"somewhere in Lisbon"'), ("violence_forms", b'["PHY", "PSY"]'), ("violence_forms", b"[]"),
    ],
)  # fmt: skip
def test_a_value_in_any_other_spelling_or_out_of_its_list_is_refused(field: str, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"canonical|may not hold"):
        checked_value(HELD, shape_of(HELD).fields.index(field), raw)
    with pytest.raises(ValueError, match=r"canonical|may not hold"):
        unpack_rows(changed(with_field(field, Column([raw], b"\1\0\1\0"))))


def test_the_same_change_with_a_good_value_is_taken() -> None:
    stated = unpack_rows(changed(with_field("sex", Column([b'"M"'], b"\1\0\0\0"))))
    assert [fact[0].data for fact in stated.facts] == [
        b'{"occurred_on":"2025-01-02","sex":"M"}',
        b'{"occurred_on":"2025-01-03"}',
    ]


DAMAGE: dict[str, Callable[[Packed], Any]] = {
    "an unknown field": with_field("name", Column([b'"Ana"'], b"\1\0\1\0")),
    "an index of no value": with_field("sex", Column([b'"M"'], b"\1\0\2\0")),
    "a column too short": with_field("sex", Column([b'"M"'], b"\1\0")),
    "half a number": with_field("sex", Column([b'"M"'], b"\1\0\1")),
    "a required field left out of one row": with_field("occurred_on", Column([b'"2025-01-02"'], b"\1\0\0\0")),
    "a fact of no row": lambda p: Packed(1, Column([b"2025Q1"], b"\1\0"), p.tables),
    "one fact twice": lambda p: Packed(2, p.periods, [Table(HELD, b"\0\0\0\0", p.tables[0].parts, p.tables[0].fields)]),
    "a type twice": lambda p: Packed(2, p.periods, [*p.tables, *p.tables]),
    "a type that nobody knows": lambda p: Packed(
        2, p.periods, [Table("vs.contact.shouted.v1", p.tables[0].rows, p.tables[0].parts, p.tables[0].fields)]
    ),
    "a part that says something": lambda p: Packed(
        2, p.periods, [Table(HELD, p.tables[0].rows, Column([b"Ana Silva"], b"\1\0\1\0"), p.tables[0].fields)]
    ),
    "a period that is none": lambda p: Packed(2, Column([b"yesterday"], b"\1\0\1\0"), p.tables),
    "more rows than a chunk has": lambda p: [70_000, p.periods, p.tables],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_no_edge_makes_is_refused_and_nothing_of_it_is_quoted(damage: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 - which of them does not matter: all mean refused
        unpack_rows(changed(DAMAGE[damage]))
    assert "Ana" not in str(told.value)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(noise: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        unpack_rows(noise)


def test_a_chunk_of_ten_thousand_rows_says_each_distinct_value_once() -> None:
    rows = [row(ContactHeld(occurred_on=date(2025, 1, 1) + timedelta(days=n % 90))) for n in range(10_000)]
    made = msgspec.msgpack.decode(pack_rows(rows), type=Packed)
    assert len(made.tables[0].fields["occurred_on"].values) == 90
