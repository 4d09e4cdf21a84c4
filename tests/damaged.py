"""Damage to a file's bytes, and what an adapter makes of any file: statements and refusals, nothing else."""

import io
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from hub.adapters.base import Rejected, Statement


def damaged(whole: bytes, data: st.DataObject, marks: Sequence[bytes]) -> bytes:
    """The bytes with some of them overwritten, cut out or put in; `marks` are what the format is sensitive to."""
    found = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(found) - 1))
        length = data.draw(st.integers(0, 9))
        found[at : at + length] = data.draw(st.binary(max_size=6) | st.sampled_from(marks))
        if not found:
            break
    return bytes(found)


def outcome(adapter: Any, data: bytes) -> tuple[list[Statement], list[Rejected]]:
    """What an adapter states and refuses of a file. Whatever else it raises is its fault, and comes through."""
    stated, refused = [], []
    try:
        for record in list(adapter.read(io.BytesIO(data))):
            try:
                stated.append(adapter.translate(record))
            except Rejected as rejected:
                refused.append(rejected)
    except Rejected as rejected:
        refused.append(rejected)
    return stated, refused
