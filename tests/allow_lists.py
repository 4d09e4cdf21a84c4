"""Allow-lists changed for a test, and what leaves under them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from hub.adapters.base import Fact
from hub.edge import allow_list as module
from hub.edge.allow_list import FILE, AllowList, allow_list
from hub.edge.cut import cut_of
from hub.edge.generalise import generalise
from hub.events.facts import join
from tests.delivered import left, table
from tests.pipe import row

LIST = FILE.read_text("utf-8")
Change = Callable[[str], str]
LIST_AS_IT_IS: Change = str


@contextmanager
def listed(folder: Path, change: Change) -> Iterator[AllowList]:
    """Another list in force."""
    path = folder / "allow_list.yaml"
    path.write_text(change(LIST), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FILE", path)
        forget_list()
        try:
            yield allow_list()
        finally:
            forget_list()


def forget_list() -> None:
    allow_list.cache_clear()
    cut_of.cache_clear()


def of_contact(line: str, by: str) -> Change:
    """One line of `contact.held` changed."""

    def change(text: str) -> str:
        head, event, rest = text.partition("  contact.held:\n")
        assert f"    {line}\n" in rest
        return head + event + rest.replace(f"    {line}\n", by and f"    {by}\n", 1)

    return change


def said(**data: object) -> dict[str, object]:
    """What leaves of a contact."""
    fact = Fact("contact.held", {"occurred_on": date(2025, 3, 14), "sex": "F", **data})
    return json.loads(join(generalise(fact, "PT").values))


def place(region: str, **about: object) -> object:
    return said(region=region, **about)["region"]


# The file itself


def rows() -> bytes:
    return table([tuple(row(number).values()) for number in range(40)], tuple(row(0)))


def facts_of(adapter: object, data: bytes) -> str:
    return str(left(adapter, data).rows)  # type: ignore[arg-type]


# Places
