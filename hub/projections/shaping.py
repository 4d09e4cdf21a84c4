"""Open events → rows of raw tables. DuckDB reads the JSON for both engines, so that their rows are the same."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from hub.events.base import Event
from hub.log.sealed import Clear
from hub.projections.opening import Columns, Page
from hub.projections.raw_tables import INSIDE, columns

FROM = "page"
"""What `rows` reads: the name that `arrow`'s table is registered under."""
ENOUGH = 20_000
"""Events a statement: to read and plan one costs as much as some hundred of its rows."""


class Gathering:
    """Events of many pages by their names, handed on as soon as there are enough for a statement."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Columns]] = {}

    def add(self, page: Page) -> Iterator[tuple[str, Columns]]:
        """Take a page in; what there is enough of."""
        for name, events in page.columns.items():
            waiting = self._waiting.setdefault(name, [])
            waiting.append(events)
            if sum(len(each.position) for each in waiting) >= ENOUGH:
                yield name, _joined(self._waiting.pop(name))

    def rest(self) -> Iterator[tuple[str, Columns]]:
        """All that is left."""
        while self._waiting:
            name, waiting = self._waiting.popitem()
            yield name, _joined(waiting)


def rows(model: type[Event]) -> str:
    """The SELECT that makes rows of `page`, their columns in the raw table's order."""
    chosen = ["position, event_id, stream, version, coalesce(said.part, ''), said.corrects, said.reason"]
    chosen.append("partner, country, said.dataset, known_month, said.subject")
    data: dict[str, object] = {}
    for column in columns(model):
        many = column.kind.endswith("[]")
        # Read as text and cast here: `from_json` would take a value of another form for none.
        data[column.field] = [column.kind[:-2]] if many else "VARCHAR"
        said = f'said.data."{column.field}"' + ("" if many else f"::{column.kind}")
        chosen.append(said if column.default is None else f"coalesce({said}, {column.default}::{column.kind})")
    shape = json.dumps({**dict.fromkeys(INSIDE, "VARCHAR"), "data": data})
    return f"SELECT {', '.join(chosen)} FROM (SELECT *, from_json(inside, '{shape}') AS said FROM {FROM})"  # noqa: S608


def arrow(events: Columns) -> pa.Table:
    """The columns for DuckDB, without an object an event."""
    kinds, which = _kinds(events.header)

    def common(said: Callable[[Clear], str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(which, pa.array([said(header) for header in kinds], pa.string()))

    return pa.table(
        {
            "position": np.array(events.position, np.int64),
            "event_id": _texts(events.event_id),
            "stream": pa.array(events.stream, pa.string()),
            "version": np.array(events.version, np.int32),
            "partner": common(lambda header: header.tenant),
            "country": common(lambda header: header.country),
            "known_month": common(lambda header: header.month),
            "inside": _texts(events.inside),
        }
    )


def _joined(parts: Sequence[Columns]) -> Columns:
    return parts[0] if len(parts) == 1 else Columns(*(tuple(chain(*column)) for column in zip(*parts, strict=True)))


def _kinds(headers: Sequence[Clear]) -> "tuple[list[Clear], np.ndarray[tuple[int], np.dtype[np.int32]]]":
    """The different headers, and which of them each event has. Most pages are of one delivery, and have one."""
    if headers.count(headers[0]) == len(headers):
        return [headers[0]], np.zeros(len(headers), np.int32)
    kinds = {id(header): header for header in headers}  # by id: a header's own hash is a look at all of it
    number = {each: n for n, each in enumerate(kinds)}
    return list(kinds.values()), np.fromiter(map(number.__getitem__, map(id, headers)), np.int32, len(headers))


def _texts(values: Sequence[bytes]) -> pa.Array:
    """A column of text from bytes that are text: joined, at half the price of giving Arrow one after the other."""
    ends = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, values), np.int32, len(values)), out=ends[1:])
    return pa.Array.from_buffers(pa.string(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))])
