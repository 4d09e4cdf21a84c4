"""The words of a partner's file beside the codes that its mapping gives them, counted. For the partner's eyes alone."""

from collections import Counter
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable

from hub.adapters.count_table import CountAdapter
from hub.adapters.crosswalk import Relation
from hub.adapters.mapping import MappingAdapter
from hub.adapters.mapping_file import FieldRule
from hub.adapters.names import cells

MOST = 5_000
"""Different cells that are counted in a column: one with more holds no codes."""
LENGTH = 60
"""Letters that are shown of a word."""


class Word(NamedTuple):
    """A word of a column and what a field makes of it, in how many rows.

    `relation` is None for a word that the mapping does not know, whose row is refused. `listed`: it stands in the
    mapping, and is not one of the rest (`else`).
    """

    column: str
    field: str
    word: str
    code: str | None
    relation: Relation | None
    listed: bool
    rows: int


@runtime_checkable
class OwnWords(Protocol):
    """An adapter in Python that tells which words of a file it knows."""

    def words(self, source: BinaryIO) -> list[Word]:
        """Every word of the file's code lists. Raises Rejected for a file that cannot be read as a whole."""
        ...


def words_of(adapter: MappingAdapter | CountAdapter, source: BinaryIO) -> list[Word]:
    """Every word of the file's coded columns. Raises Rejected for a file that the mapping cannot read as a whole."""
    coded = [
        (f"{rule.event}.{name}", column, field)
        for rule in adapter.rules
        for name, field in rule.fields.items()
        if field.codes is not None
        for column in ([field.column] if field.column else field.numbered or ())
    ]
    counts: dict[str, Counter[str]] = {column: Counter() for _, column, _ in coded}
    for block in adapter.blocks(source):
        for column, counter in counts.items():
            found = cells(block, column)
            counter.update(found if len(counter) < MOST else filter(counter.__contains__, found))
    empty = adapter.mapping.source.empty_texts()
    made = {(name, column): _words(name, column, field, counts[column], empty) for name, column, field in coded}
    return [word for words in made.values() for word in words]


def _words(name: str, column: str, field: FieldRule, cells: Counter[str], empty: frozenset[str]) -> list[Word]:
    rows: Counter[str] = Counter()
    for cell, count in cells.items():
        parts = {part.strip() for part in cell.split(field.split)} if field.split else {cell}
        rows.update(dict.fromkeys(parts - empty, count))
    listed, rest = field.crosswalk(), field.rest()
    found = []
    for word, count in rows.most_common():
        entry = listed.get(word, rest)
        shown = word.encode("utf-8", "backslashreplace").decode()[:LENGTH]
        code, relation = (entry.code, entry.relation) if entry else (None, None)
        found.append(Word(column, name, shown, code, relation, word in listed, count))
    return found
