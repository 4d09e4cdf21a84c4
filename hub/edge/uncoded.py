"""Rows with a word that no code of the hub says, counted by column as a file is delivered. No word is kept or told."""

from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter

from hub.adapters.crosswalk import Entry
from hub.adapters.mapping_file import FactRule, FieldRule
from hub.adapters.table import Block
from hub.edge.memo import Memo

Crosswalk = tuple[str | None, dict[str, Entry], Entry | None]
"""What separates the words of a cell, the words, and the rest."""


class Uncoded:
    """The count of one delivery. Looks only at columns whose crosswalk has a word of relation `none`."""

    def __init__(self, rules: Iterable[FactRule]) -> None:
        found: dict[str, list[Crosswalk]] = {}
        for field in (field for rule in rules for field in rule.fields.values() if _may_say_none(field)):
            for column in field.columns():
                found.setdefault(column, []).append((field.split, field.crosswalk(), field.rest()))
        self._said = {column: Memo(partial(_says_none, crosswalks)) for column, crosswalks in found.items()}
        self._rows = dict.fromkeys(found, 0)

    def add(self, block: Block) -> None:
        """The good rows of a block."""
        for column, memo in self._said.items():
            cells = map(itemgetter(block.header.index(column)), block.rows)
            self._rows[column] += sum(filter(None, memo.of(cells)))

    def tell(self, echo: Callable[[str], None]) -> None:
        """The count of each column that has one."""
        for column, rows in self._rows.items():
            if rows:
                echo(f"{column}: {rows:,} rows hold a word that no code says; `hub adapters preview` lists such words")


def _may_say_none(field: FieldRule) -> bool:
    entries = (*field.crosswalk().values(), field.rest())
    return any(entry is not None and entry.relation == "none" for entry in entries)


def _says_none(crosswalks: list[Crosswalk], cell: str) -> bool:
    for split, listed, rest in crosswalks:
        words = {word.strip() for word in (cell.split(split) if split else [cell])}
        entries = [listed.get(word, rest) for word in words if word or word in listed]
        if any(entry is not None and entry.relation == "none" for entry in entries):
            return True
    return False
