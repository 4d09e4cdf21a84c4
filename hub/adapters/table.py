"""What every reader of tables gives: blocks of rows as text cells, each row with its place, damaged ones apart.

A good row is its cells in the header's order. A row of another shape comes out as a `Damaged`, so that it is refused by
name and put aside, never dropped and never guessed at.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.adapters.base import Record, Rejected

BLOCK_ROWS = 250
"""Lines read at once, and then to the end of a row. Few enough to stay in the processor's cache."""
MOST_COLUMNS = 16_384
"""As many as a sheet of Excel has."""
NAMED = 20
"""Columns that one message names."""
ANY_COLUMNS = frozenset({"\x00"})
"""In place of a mapping's columns: whatever the header has, for a reader that judges it itself."""


class Damaged(NamedTuple):
    """A row that does not have the table's shape: its text, the rule it breaks, and the place in it, if known."""

    rule: str
    text: str
    place: str = ""


class Block(NamedTuple):
    """Rows side by side. `lines` holds the line in which each of `rows` begins; damaged rows stand beside them.

    `place`: what `lines` count, in which sheet ("line", "sheet 2, row", "item").
    """

    header: tuple[str, ...]
    lines: Sequence[int]
    rows: list[list[str]]
    damaged: list[tuple[int, Damaged]]
    place: str = "line"

    def position(self, line: int) -> str:
        """A row's place in words."""
        return f"{self.place} {line}"

    def record(self, row: int) -> Record:
        """One good row by its columns' names."""
        return Record(self.position(self.lines[row]), dict(zip(self.header, self.rows[row], strict=True)))

    def records(self) -> Iterator[Record]:
        """All rows in the file's order."""
        if not self.damaged:
            yield from map(self.record, range(len(self.rows)))
            return
        places = {line: row for row, line in enumerate(self.lines)}
        bad = dict(self.damaged)
        for line in sorted(places.keys() | bad.keys()):
            yield Record(self.position(line), bad[line]) if line in bad else self.record(places[line])


def without(block: Block, rows: set[int]) -> Block:
    """The block without some of its good rows."""
    stays = [row for row in range(len(block.rows)) if row not in rows]
    return block._replace(lines=[block.lines[row] for row in stays], rows=[block.rows[row] for row in stays])


def without_totals(blocks: Iterator[Block], words: frozenset[str], between: str) -> Iterator[Block]:
    """The blocks without rows whose first filled cell is one of the words. `between`: the cells of a damaged row."""
    for block in blocks:
        totals = {row for row, cells in enumerate(block.rows) if is_total(cells, words)}
        kept = [(line, bad) for line, bad in block.damaged if not is_total(bad.text.split(between), words)]
        yield without(block, totals)._replace(damaged=kept) if totals or len(kept) < len(block.damaged) else block


def is_total(cells: Sequence[str], words: frozenset[str]) -> bool:
    """Whether the first filled cell of a row is one of the words."""
    return next(filter(None, map(str.strip, cells)), None) in words


def check_columns(names: Sequence[str], twice: frozenset[int], columns: frozenset[str], letters: Sequence[str]) -> None:
    """Raises Rejected unless the columns are those of the mapping, in any order.

    `twice`: columns whose heading stood before, which are therefore numbered. `letters`: how each column is called.
    """
    unknown = [at for at, name in enumerate(names) if name not in columns]
    if again := [at for at in unknown if at in twice]:
        raise Rejected.all_of([("column-twice", letters[at]) for at in again[:NAMED]])
    if columns == ANY_COLUMNS:
        return
    if missing := sorted(columns - set(names)):
        raise Rejected.all_of([("column-missing", name) for name in missing[:NAMED]])
    if unknown:
        # By number: a header row that is really data must not be quoted.
        raise Rejected.all_of([("column-unknown", letters[at]) for at in unknown[:NAMED]])
