"""A table in any format, read as a source says: its good rows, and what is refused of it."""

import io
from typing import Any

import pytest

from hub.adapters.base import Rejected
from hub.adapters.reading import read_blocks
from hub.adapters.source import Source
from tests.workbooks import ods, xlsx

WORKBOOKS = {"xlsx": xlsx, "ods": ods}
both = pytest.mark.parametrize("form", ["xlsx", "ods"])


def read(data: bytes, *columns: str, ignored: tuple[str, ...] = (), **said: Any) -> tuple[list[dict], dict[str, tuple]]:
    """The good rows by their columns, and rule and place of the damaged ones by position. All is read twice."""
    file, known = io.BytesIO(data), frozenset((*columns, *ignored))

    def once() -> tuple[list[dict], dict[str, tuple]]:
        file.seek(0)
        good, bad = [], {}
        for block in read_blocks(file, Source(**said), known, ignored=frozenset(ignored)):
            good += [block.record(row).data for row in range(len(block.rows))]
            bad |= {block.position(line): (each.rule, each.place) for line, each in block.damaged}
        return good, bad

    first = once()
    assert once() == first
    return first


def rows(data: bytes, *columns: str, **said: Any) -> list[tuple[str, ...]]:
    """The good rows, where there are no others, in the columns' order."""
    good, bad = read(data, *columns, **said)
    assert bad == {}
    return [tuple(row[name] for name in columns) for row in good]


def refusal(data: bytes, *columns: str, **said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        read(data, *columns, **said)
    return [tuple(problem) for problem in caught.value.problems]
