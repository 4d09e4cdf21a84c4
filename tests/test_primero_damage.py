"""Primero's API: no canary leaves, and any value or damage is a statement or a refusal by rule."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Rejected
from hub.adapters.primero import adapter
from hub.events import NEWEST
from tests.damaged import damaged, outcome
from tests.delivered import left
from tests.primero_made import ALL, CANARY, CASE, INCIDENT, lines


def test_no_canary_leaves_and_what_leaves_is_there() -> None:
    delivered = left(adapter, lines(*ALL))
    assert (len(delivered.rows), delivered.refused) == (3, {})
    assert CANARY not in repr(delivered.rows) + repr(delivered.closing)
    assert CASE["id"] not in repr(delivered.rows)
    # The control: what may leave is seen by the same look.
    assert "03011" in repr(delivered.rows)


def test_a_refused_record_is_sealed_whole_and_its_rule_names_no_value() -> None:
    delivered = left(adapter, lines(CASE | {"sex": CANARY}, INCIDENT, {"nonsense": CANARY}) + b'{"cut": ')
    assert list(delivered.refused) == ["line 1", "line 3", "line 4"]
    assert CANARY in repr(delivered.refused)
    assert CANARY not in repr(delivered.rows) + repr(delivered.closing)
    assert len(delivered.rows) + len(delivered.refused) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["true", "closed", "2025-02-30", "done", "Referral"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=100)
@given(st.sampled_from(ALL), st.data())
def test_any_value_in_any_field_gives_a_statement_or_a_rejection(record: dict[str, Any], data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(sorted(record)), min_size=1, max_size=3))
    stated, refused = outcome(adapter, lines(record | {field: data.draw(JSON) for field in fields}))
    assert CANARY not in repr(refused)
    assert all(fact.event in NEWEST for statement in stated for fact in statement.facts)
    assert len(stated) + len(refused) == 1


@settings(max_examples=100)
@given(st.data())
def test_any_damage_to_the_bytes_is_a_rejection_or_a_record(data: st.DataObject) -> None:
    _, refused = outcome(adapter, damaged(lines(*ALL), data, [b"\n", b'"', b"{", b"["]))
    assert CANARY not in repr(refused)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-json"),
        (b'{"errors": [{"code": 403}]}', "error-response"),
        (b"[" * 200_000, "too-deep"),
        (b'{"data": "\xff"}', "not-text"),
        (b"not json\nat all\n", "not-json"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_without_a_payload_is_refused_as_a_whole(data: bytes, rule: str) -> None:
    with pytest.raises(Rejected) as rejected:
        list(adapter.read(io.BytesIO(data)))
    assert rejected.value.problems[0].rule == rule
