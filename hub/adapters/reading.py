"""A file of any of the formats → blocks of rows, as the mapping's `source` block says it is written."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from hub.adapters.delimited import read_delimited
from hub.adapters.json_table import read_json, read_json_lines
from hub.adapters.magic import check_format
from hub.adapters.ods import read_ods
from hub.adapters.source import Source
from hub.adapters.table import Block, without_totals
from hub.adapters.xlsx import read_xlsx

NOTHING: frozenset[str] = frozenset()


def read_blocks(
    file: BinaryIO,
    source: Source,
    columns: frozenset[str],
    *,
    ignored: frozenset[str] = NOTHING,
    only: Iterable[str] | None = None,
) -> Iterator[Block]:
    """The rows of a file that has exactly `columns`, in any order. It can be read again from where it stood.

    `ignored`: those of the columns that nobody reads. `only`: those that are looked at this time; cells after the last
    of them may then come as one, for the sake of speed, and a row with too many cells as a good one.

    Raises Rejected for a file as a whole: what is said in docs/adapters.md.
    """
    check_format(file, source)
    if source.totals:
        # A row's first filled cell may stand after those of `only`.
        between = "\t" if source.typed else source.cell_separator
        yield from without_totals(_blocks(file, source, columns, ignored, None), frozenset(source.totals), between)
    else:
        yield from _blocks(file, source, columns, ignored, only)


def _blocks(
    file: BinaryIO, source: Source, columns: frozenset[str], ignored: frozenset[str], only: Iterable[str] | None
) -> Iterator[Block]:
    if source.format == "xlsx":
        return read_xlsx(file, source, columns, ignored)
    if source.format == "ods":
        return read_ods(file, source, columns, ignored)
    if source.format == "json":
        return read_json(file, source, columns)
    if source.format == "jsonl":
        return read_json_lines(file, source, columns)
    return read_delimited(file, source, columns, only)
