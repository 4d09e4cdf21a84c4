"""`hub adapters report`: everything that is wrong with a file at once, in the partner's language. Nothing is sent."""

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hub.adapters import find
from hub.adapters.base import Adapter, Problem, Rejected
from hub.adapters.mapping import MappingAdapter
from hub.cli.marked import columns_of, write_marked
from hub.cli.sender import sender_of
from hub.edge.deliver import Sender
from hub.edge.problems import Problems, Told, language_of, told
from hub.edge.refusing import refuse
from hub.edge.rows import Origin, row_reader
from hub.edge.strangers import records_of
from hub.edge.tokens import PartnerTokens, People
from hub.edge.twice import Copies
from hub.errors import Reject

Echo = Callable[[str], None]


def report(
    path: Path,
    adapter: str,
    *,
    partner: str | None = None,
    periods: tuple[str, ...] = (),
    language: str | None = None,
    to: Path | None = None,
    echo: Echo = lambda _line: None,
) -> dict[str, Any]:
    """Counts, and each rule that is broken with its place, its rows and what to do. Never a value.

    `partner`: who delivers, where neither adapter nor file says so. `to`: also a workbook of the partner's own rows,
    with each broken cell marked. That holds all the file holds.
    Raises Reject for a file that cannot be opened, or one that the workbook would be written over.
    """
    found = find(adapter)
    if to is not None and to.exists() and to.samefile(path):
        raise Reject(f"{path.name} is the partner's own file: the report needs another name")
    told_in = language or language_of(found)
    problems, contradicted = Problems(), set[str]()

    def aside(position: str, data: object, broken: Iterable[Problem]) -> None:
        broken = tuple(broken)
        problems.take(position, data, broken)
        contradicted.update(position for rule, _ in broken if rule == "contradicts-row")

    stated = unlinked = 0
    whole = True
    try:
        sender = sender_of(found, partner, path)
        with path.open("rb") as source:
            stated, unlinked = refuse(found, source, sender, aside, periods=periods, echo=echo)
    except Rejected as rejected:
        whole = False
        problems.add("file", None, rejected.problems)
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None
    lines = problems.lines(told_in)
    if to is not None:
        _write(to, path, found, sender if whole else None, lines, periods, contradicted, told_in)
    return {
        "adapter": found.name,
        "language": told_in,
        "taken": whole,
        "rows": stated + problems.refused,
        "refused": problems.refused,
        "unlinked": unlinked,
        "problems": [told(line) for line in lines],
        "workbook": str(to) if to else None,
    }


def _write(
    to: Path,
    path: Path,
    adapter: Adapter,
    sender: Sender | None,
    lines: list[Told],
    periods: tuple[str, ...],
    contradicted: set[str],
    language: str,
) -> None:
    """The workbook: the file is read once more, row by row, so that no size of it matters."""
    if sender is None:
        write_marked(to, lines, (), lambda _record: None, frozenset(), language)
        return
    tokens = PartnerTokens(secrets.token_bytes(32), partner=sender.partner, country=sender.country)
    read = row_reader(adapter, Origin(sender.country, tokens, People(tokens), periods, lambda _line: None), Copies())
    with path.open("rb") as source:
        # The rows of a table have the same columns; records of other formats have each its own.
        columns = () if isinstance(adapter, MappingAdapter) else columns_of(records_of(adapter, source))
        source.seek(0)
        write_marked(to, lines, records_of(adapter, source), read, contradicted, language, columns)
