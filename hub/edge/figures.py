"""A table of figures, in which no person is: houses, activities, trainings, tallies. Read one row at a time.

What it states stands in clear in the log, and such tables are short, so each row is read with care.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from hub.adapters.mapping import MappingAdapter
from hub.adapters.table import Block
from hub.edge.leaving import Leaving
from hub.edge.rows import Origin, row_reader, state_all
from hub.edge.twice import Copies
from hub.edge.uncoded import Uncoded


def of_figures(adapter: MappingAdapter, source: BinaryIO, origin: Origin, leaving: Leaving) -> None:
    """The records of a table. Raises Rejected for one that the adapter cannot read as a whole."""
    uncoded = Uncoded(adapter.rules)
    records = adapter.in_blocks(_counted(uncoded, adapter.blocks(source)))
    state_all(records, row_reader(adapter, origin, Copies()), leaving)
    uncoded.tell(origin.echo)


def _counted(uncoded: Uncoded, blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        uncoded.add(block)
        yield block
