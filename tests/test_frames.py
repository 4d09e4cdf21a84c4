"""Frames: all of one size, each tied to its delivery and place; and CloudEvents as the specification has them."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.events.cloudevent import CloudEvent, event_of, headers_of
from hub.events.frames import PLAIN, answer_key, framed, unframed
from hub.events.wire import Chunk, Delivery, End, Header

HUB, PARTNER = X25519PrivateKey.generate(), X25519PrivateKey.generate()
SECRET = HUB.private_bytes_raw()
ID = "a" * 32


def header(partner: str = "pt-apav") -> Header:
    return Header(ID, partner, partner[:2].upper(), "pt_apav", "1.0", False)


def sent(*sizes: int, partner: str = "pt-apav") -> tuple[list[bytes], list[Chunk | End]]:
    parts: list[Chunk | End] = [Chunk(os.urandom(size), os.urandom(2 * size)) for size in sizes]
    parts.append(End(b"closing", b""))
    made = framed(Delivery(header(partner), iter(parts)), PARTNER.public_key(), HUB.public_key())
    frames = list(made)
    assert [each.number for each in frames] == list(range(len(frames)))
    assert [each.last for each in frames] == [False] * (len(frames) - 1) + [True]
    return [each.sealed for each in frames], parts


def read(frames: list[bytes], partner: str = "pt-apav", delivery: str = ID) -> list[Chunk | End]:
    return list(unframed(partner, delivery, frames, len(frames), SECRET)[1].parts)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2 * PLAIN), max_size=4))
def test_parts_of_any_size_come_back_and_frames_tell_no_size(sizes: list[int]) -> None:
    frames, parts = sent(*sizes)
    assert read(frames) == parts
    assert {len(each) for each in frames} == {PLAIN + 48}


def test_one_row_and_a_thousand_look_the_same() -> None:
    assert len(sent(100)[0]) == len(sent(60_000)[0]) == 1
    opened, _ = unframed("pt-apav", ID, sent(1)[0], 1, SECRET)
    assert opened.header == header()
    assert answer_key(opened).public_bytes_raw() == PARTNER.public_key().public_bytes_raw()


def test_a_frame_stands_in_its_place_in_its_delivery_or_does_not_open() -> None:
    frames, _ = sent(PLAIN)
    assert len(frames) == 4
    for wrong in (frames[::-1], [frames[0], *frames[2:]], frames[:-1], [*frames, frames[-1]], [frames[1], *frames[1:]]):
        with pytest.raises((InvalidTag, ValueError)):
            read(wrong)
    for partner, delivery in (("pt-other", ID), ("pt-apav", "b" * 32)):
        with pytest.raises(InvalidTag):
            read(frames, partner, delivery)
    changed = bytearray(frames[2])
    changed[1000] ^= 1
    with pytest.raises(InvalidTag):
        read([*frames[:2], bytes(changed), frames[3]])


def test_a_partner_does_not_send_in_anothers_name() -> None:
    frames, _ = sent(10, partner="pt-rude")
    with pytest.raises(InvalidTag):
        read(frames, "pt-apav")
    assert read(frames, "pt-rude")


def test_a_message_has_no_time_and_no_subject() -> None:
    event = CloudEvent("1", "/partners/pt-apav", "vs.delivery.frame.v1", b"x", extensions=(("sequence", "0"),))
    names = {name for name, _ in headers_of(event)}
    assert names == {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_sequence", "content-type"}
    assert event_of(headers_of(event), b"x") == event


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ([], "required"),
        ([("ce_specversion", b"0.3"), ("ce_id", b"1"), ("ce_source", b"/a"), ("ce_type", b"t")], "another version"),
        ([("ce_specversion", b"1.0"), ("ce_id", b""), ("ce_source", b"/a"), ("ce_type", b"t")], "required"),
        ([("content-type", b"application/cloudevents+json")], "structured"),
        ([("ce_id", b"1"), ("ce_id", b"2")], "twice"),
        ([("ce_A-B", b"1")], "whose name is none"),
        ([("ce_id", b"\xff")], "utf-8"),
    ],
)
def test_what_is_no_event_in_binary_mode_is_refused(headers: list[tuple[str, bytes | None]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        event_of(headers, b"")


def conformance(folder: Path) -> list[dict[str, Any]]:
    texts = [(folder / name).read_text("utf-8") for name in ("v1.yaml", "v1_minimum.yaml")]
    return [case for text in texts for case in yaml.safe_load_all(text) if case]


def test_the_conformance_cases_of_cloudevents_come_back_as_they_went(inputs: Path) -> None:
    cases = [case for case in conformance(inputs / "cloudevents") if case.get("Mode", "binary") == "binary"]
    assert len(cases) > 5
    for case in cases:
        attributes = dict(case["ContextAttributes"])
        more = attributes.pop("Extensions", {})
        said = {name: str(value) for name, value in attributes.items() if name != "datacontenttype"} | more
        headers = [(f"ce_{name}", value.encode()) for name, value in said.items()]
        if "datacontenttype" in attributes:
            headers.append(("content-type", attributes["datacontenttype"].encode()))
        event = event_of(headers, str(case["Data"]).encode())
        assert (event.id, event.type, event.source) == (said["id"], said["type"], said["source"])
        assert event.datacontenttype == attributes.get("datacontenttype")
        assert sorted(headers_of(event)) == sorted(headers)
        assert event.data == str(case["Data"]).encode()
