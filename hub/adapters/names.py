"""The cells that name a record or a person: of one row, and of a block of rows."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from hub.adapters.fields import Problems, Row, undecoded
from hub.adapters.table import Block

JOINT = "\x1f"
"""Between the cells of a name: no cell of a text file holds it."""
Names = Callable[[Row, Problems], str]


class Named(NamedTuple):
    """A text a row, and the rows whose name is not one: a cell is empty, or no text."""

    texts: list[str]
    nameless: set[int]


def compile_names(columns: list[str], what: str, empty: frozenset[str], *, blank: bool = False) -> Names:
    """The function from a row to its name. What is wrong with it goes to `problems`. `blank`: cells may be empty."""

    def names(row: Row, problems: Problems) -> str:
        parts = [row[column].strip() for column in columns]
        if blank:
            parts = ["" if part in empty else part for part in parts]
        for column, part in zip(columns, parts, strict=True):
            if part in empty and not blank:
                problems.append((f"missing-{what}", column))
            elif undecoded(part):
                problems.append(("not-text", column))
        return JOINT.join(parts)

    return names


def named(block: Block, columns: list[str], empty: frozenset[str], *, blank: bool = False) -> Named:
    """The names of a block's rows, all at once."""
    parts = [cells(block, column) for column in columns]
    if blank:
        parts, empty = [["" if cell in empty else cell for cell in part] for part in parts], frozenset()
    nameless = set().union(*(_nameless(part, empty) for part in parts))
    return Named(parts[0] if len(parts) == 1 else list(map(JOINT.join, zip(*parts, strict=True))), nameless)


def cells(block: Block, column: str) -> list[str]:
    """A column without the white space around its cells."""
    return list(map(str.strip, map(itemgetter(block.header.index(column)), block.rows)))


def contents(block: Block) -> list[str]:
    """All that each row says, by its columns' names in their order."""
    order = sorted(range(len(block.header)), key=block.header.__getitem__)
    form = JOINT.join(block.header[at].replace("%", "%%") + "=%s" for at in order)
    return [form % tuple([row[at] for at in order]) for row in block.rows]


def _nameless(parts: Sequence[str], empty: frozenset[str]) -> set[int]:
    if empty.isdisjoint(parts) and not undecoded("".join(parts)):
        return set()
    return {row for row, part in enumerate(parts) if part in empty or undecoded(part)}
