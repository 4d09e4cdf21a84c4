"""The text of a cell → how many, and in which state: zero, kept back, not collected and not there differ."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hub.adapters.count_file import CountFile
from hub.adapters.numbers import number_parser
from hub.adapters.readings import MISSING, Broken

NORMAL, SUPPRESSED = "A", "Q"
NO_VALUE = frozenset({"L", "M", SUPPRESSED})
"""Not collected, cannot exist, suppressed (SDMX CL_OBS_STATUS): states of a cell that has no number."""
ZERO = "zero"
MOST = 100_000_000
UNCLEAR = Broken("status-unclear")


class Count(NamedTuple):
    """How many, or None; and the state, as SDMX calls it."""

    number: int | float | None
    status: str


class Marked(NamedTuple):
    """A cell as it was written: its number, and what its mark says. None where there is none."""

    number: int | float | None
    status: str | None


def cell_parser(file: CountFile) -> Callable[[str], Any]:
    """The function from a cell to a `Marked`, or to what it breaks. A mark stands alone, or behind a number."""
    empty = file.source.empty_texts() - file.marks.keys()
    number_of = number_parser(file.read_as, file.source, empty)
    behind = sorted((mark for mark, said in file.marks.items() if said != ZERO), key=len, reverse=True)

    def parse(text: str) -> Any:
        text = text.strip()
        if (alone := file.marks.get(text)) is not None:
            return Marked(0, None) if alone == ZERO else Marked(None, alone)
        mark = next((mark for mark in behind if text.endswith(mark)), "")
        number = number_of(text.removesuffix(mark))
        if type(number) is Broken:
            return number
        if number is MISSING:
            return Marked(None, file.marks.get(mark))
        return Marked(number, file.marks.get(mark)) if 0 <= number <= MOST else Broken("out-of-range")

    return parse


def count_of(marked: Marked, status: str | None) -> Count | Broken | None:
    """What a cell says together with its row's status; None where nothing was delivered.

    A number that is marked as kept back is not told: some offices write both.
    """
    said = {each for each in (marked.status, status) if each is not None} - {NORMAL}
    if SUPPRESSED in said:
        return Count(None, SUPPRESSED)
    if len(said) > 1:
        return UNCLEAR
    state = next(iter(said), NORMAL)
    if marked.number is None:
        return Count(None, state) if state in NO_VALUE else None if state == NORMAL else Broken("missing-value")
    return UNCLEAR if state in NO_VALUE else Count(marked.number, state)


def added(counts: Sequence[Count | None]) -> Count | Broken | None:
    """Several rows of one cell. What is not told of one of them is not told of the sum."""
    if None in counts:
        return Broken("missing-value") if any(counts) else None
    known = [count for count in counts if count is not None]
    states = {count.status for count in known} - {NORMAL}
    if SUPPRESSED in states:
        return Count(None, SUPPRESSED)
    state = next(iter(states), NORMAL)
    numbers = [count.number for count in known if count.number is not None]
    if len(states) > 1 or 0 < len(numbers) < len(known):
        return UNCLEAR
    return Count(sum(numbers), state) if numbers else Count(None, state)


def hidden(count: Count, below: int | None) -> Count:
    """The count, or that it is not told, because few are behind it, or nobody."""
    few = below is not None and count.number is not None and count.number < below
    return Count(None, SUPPRESSED) if few else count
