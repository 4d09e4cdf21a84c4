"""The warehouse feed: every event as a row of its raw table in DuckDB, rows and place in one transaction."""

import contextlib
from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa

from hub.errors import Retry, Stop
from hub.events import NEWEST
from hub.projections.base import Told
from hub.projections.raw_tables import (
    ENVELOPE,
    SCHEMA,
    column_name,
    columns,
    create_raw_tables,
    from_json_shape,
    selected,
    table_name,
)

NAME = "warehouse"


class WarehouseFeed:
    """The raw tables of one DuckDB file. Satisfies `View`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(str(path))
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise Retry("the warehouse is in use by another process: try again when it is done") from None
            raise Stop("the warehouse cannot be opened: hub project --rebuild makes it anew from the log") from None
        path.chmod(0o600)
        self._connection.execute("SET preserve_insertion_order = false")
        create_raw_tables(self._connection)
        self._inserts = {name: _insert(name) for name in NEWEST}

    def close(self) -> None:
        """Give the file back: DuckDB lets one process in at a time."""
        self._connection.close()

    def place(self) -> int:
        """The position of the last event in the raw tables."""
        row = self._connection.execute("SELECT position FROM raw.place WHERE projection = ?", [NAME]).fetchone()
        return int(row[0]) if row else 0

    def apply(self, events: list[Told], place: int) -> None:
        """Rows and place, both or neither."""
        groups: dict[str, list[Told]] = defaultdict(list)
        for event in events:
            groups[event.name].append(event)
        self._connection.execute("BEGIN")
        try:
            for name, group in groups.items():
                self._connection.register("batch", _arrow(group))
                self._connection.execute(self._inserts[name])
                self._connection.unregister("batch")
            self._connection.execute("INSERT OR REPLACE INTO raw.place VALUES (?, ?)", [NAME, place])
            self._connection.execute("COMMIT")
        except duckdb.Error as error:
            self._undo()
            # DuckDB quotes the text that it could not read.
            raise Stop(f"an event at or before position {place} does not fit: {type(error).__name__}") from None
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        """Give the batch up. A disk that is full fails this too; nothing of the batch was committed then."""
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")


def _insert(name: str) -> str:
    model = NEWEST[name]
    own = [column_name(field) for field in columns(model)]
    names = ", ".join(f'"{column}"' for column in [*ENVELOPE, *own])
    envelope = (
        "position, event_id, stream, version, coalesce(said.part, ''), said.corrects, said.reason, partner, country, "
        "said.dataset, known_month, said.subject"
    )
    return (
        f"INSERT INTO {SCHEMA}.{table_name(name)} ({names}) "  # noqa: S608 - names of our own models
        f"SELECT {', '.join([envelope, *selected(model)])} "
        f"FROM (SELECT *, from_json(inside, '{from_json_shape(model)}') AS said FROM batch)"
    )


def _arrow(group: list[Told]) -> pa.Table:
    headers = [event.header for event in group]
    return pa.table(
        {
            "position": pa.array([event.position for event in group], pa.int64()),
            "event_id": [header.id for header in headers],
            "stream": [event.stream for event in group],
            "version": pa.array([event.version for event in group], pa.int32()),
            "partner": [header.tenant for header in headers],
            "country": [header.country for header in headers],
            "known_month": [header.month for header in headers],
            "inside": [event.inside.decode() for event in group],
        }
    )
