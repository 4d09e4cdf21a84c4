"""The warehouse's raw tables, brought up to the log: in place, or from the first event beside the old ones."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hub.cli.installation import Installation
from hub.database import Database, open_database
from hub.errors import Retry, Stop
from hub.log import erasing, purges, purging
from hub.projections import postgres, warehouse
from hub.projections.base import Echo, View, catch_up
from hub.projections.postgres import PostgresFeed
from hub.projections.raw_tables import SCHEMA, Checksums
from hub.projections.warehouse import WarehouseFeed

REBUILT, BEFORE, CHECKED = "raw_rebuilt", "raw_before", "raw_checked"
"""Schemas of PostgreSQL that stand beside `raw` for a while."""


def catch_up_warehouse(
    hub: Installation, *, rebuild: bool, echo: Echo, stopping: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Apply what the log has and the warehouse has not. A rebuild that is killed leaves the old warehouse as it was.

    The DuckDB file always; the same tables in PostgreSQL (`database` in the answer) where one is set. A warehouse that
    may hold somebody who was forgotten or purged since is made anew: what is deleted from a file may be read there.
    """
    if purging.under_way(hub.store, hub.settings.purges_path):
        raise Retry("a purge is at work: try again when it is done")
    end = hub.store.position()  # before the look at what was forgotten: an erasure in between waits for the next call
    with _file(hub) as live:
        moved = None if rebuild else _in_place(hub, live, end, echo, stopping)
        result = {**(moved or _rebuilt(hub, live, end, echo, stopping)), "rebuilt": moved is None}
    if hub.settings.warehouse_url:
        with _database(hub.settings.warehouse_url) as database:
            moved = None if rebuild else _in_place_in(hub, database, end, echo, stopping)
            result["database"] = moved or _rebuilt_in(hub, database, end, echo, stopping)
    return result


def as_known_at(hub: Installation, position: int, into: Path, *, echo: Echo) -> dict[str, Any]:
    """Raw tables as the hub knew them at a log position, in a new file beside the live one."""
    if into.exists():
        raise Stop(f"{into.name} is there already: name a new file")
    if position > (end := hub.store.position()):
        raise Stop(f"the log ends at {end:,}: nothing is known at {position:,} yet")
    with _draft(into.with_name(f"{into.name}.unfinished")) as draft:
        with closing(WarehouseFeed(draft)) as feed:
            events = catch_up(hub.store, hub.vault, feed, until=position, echo=echo)
        draft.replace(into)
    return {"events": events, "position": position, "into": str(into)}


def check(hub: Installation, *, echo: Echo) -> dict[str, Any]:
    """Whether replay equals live: the log once more, up to the live view's place, compared table by table."""
    with _file(hub) as live:
        if not live.exists():
            raise Stop("there is no warehouse yet: hub project makes its raw tables from the log")
        with closing(WarehouseFeed(live)) as feed:
            if _holds_forgotten(hub, feed):
                raise Stop(
                    "somebody was forgotten since, or purged, and is in the warehouse: hub project makes it anew"
                )
            place, found = feed.place(), feed.checksums()
        with _draft(live.with_name(f"{live.name}.checked")) as beside, closing(WarehouseFeed(beside)) as feed:
            catch_up(hub.store, hub.vault, feed, until=place, echo=echo)
            result: dict[str, Any] = {"position": place, **_compared(found, feed.checksums())}
    if hub.settings.warehouse_url:
        with _database(hub.settings.warehouse_url) as database:
            result["database"] = _checked_in(hub, database, echo)
    return result


def _holds_forgotten(hub: Installation, view: View) -> bool:
    """Whether somebody was forgotten, or records were purged, after the events that it holds."""
    return 0 < view.place() < max(erasing.newest(hub.store), purges.newest(hub.store))


def _moved(hub: Installation, view: View, end: int, echo: Echo, stopping: Callable[[], bool]) -> dict[str, Any] | None:
    """A view brought up to a position; None, and nothing done, where it holds somebody who was forgotten."""
    if _holds_forgotten(hub, view):
        echo("somebody was forgotten, or purged: the warehouse is made anew, and its marts have to be built again")
        return None
    events = catch_up(hub.store, hub.vault, view, until=max(end, view.place()), echo=echo, stopping=stopping)
    return {"events": events, "position": view.place()}


def _in_place(
    hub: Installation, live: Path, end: int, echo: Echo, stopping: Callable[[], bool]
) -> dict[str, Any] | None:
    with closing(WarehouseFeed(live)) as feed:
        return _moved(hub, feed, end, echo, stopping)


def _rebuilt(hub: Installation, live: Path, end: int, echo: Echo, stopping: Callable[[], bool]) -> dict[str, Any]:
    with _draft(live.with_name(f"{live.name}.rebuilt")) as draft:
        result = _in_place(hub, draft, end, echo, stopping) or {}
        # What a killed run or build left is of the old warehouse: it would spoil the new one, and may name persons.
        _remove_beside(live)
        draft.replace(live)
    return result


def _in_place_in(
    hub: Installation, database: Database, end: int, echo: Echo, stopping: Callable[[], bool], schema: str = SCHEMA
) -> dict[str, Any] | None:
    with closing(PostgresFeed(database, schema)) as feed:
        return _moved(hub, feed, end, echo, stopping)


def _rebuilt_in(
    hub: Installation, database: Database, end: int, echo: Echo, stopping: Callable[[], bool]
) -> dict[str, Any]:
    with _schema(database, BEFORE), _schema(database, REBUILT):
        result = _in_place_in(hub, database, end, echo, stopping, REBUILT) or {}
        postgres.swap(database, REBUILT, BEFORE)
    return result


def _checked_in(hub: Installation, database: Database, echo: Echo) -> dict[str, Any]:
    with closing(PostgresFeed(database)) as feed:
        place, found = feed.place(), feed.checksums()
    with _schema(database, CHECKED), closing(PostgresFeed(database, CHECKED)) as feed:
        catch_up(hub.store, hub.vault, feed, until=place, echo=echo)
        return {"position": place, **_compared(found, feed.checksums())}


def _compared(live: Checksums, replayed: Checksums) -> dict[str, Any]:
    differing = [table for table in replayed if live[table] != replayed[table]]
    return {"rows": sum(rows[0] or 0 for rows in live.values()), "tables": len(live), "differing": differing}


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A DuckDB file that is not there before, though a killed run may have left one, and not afterwards."""
    try:
        _remove(path)
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_beside(path)


def _remove_beside(path: Path) -> None:
    """DuckDB's write-ahead file, and the folder of rows that did not fit into memory; both outlive a process killed."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)


@contextmanager
def _schema(database: Database, name: str) -> Iterator[None]:
    """The same for a schema."""
    try:
        postgres.drop(database, name)
        yield
    finally:
        postgres.drop(database, name)


@contextmanager
def _file(hub: Installation) -> Iterator[Path]:
    """The warehouse's file, for one projection at a time."""
    with warehouse.alone(hub.settings.warehouse_path):
        yield hub.settings.warehouse_path


@contextmanager
def _database(url: str) -> Iterator[Database]:
    """The warehouse's database, for one projection at a time."""
    with closing(open_database(url, postgres.NAME)) as database, postgres.alone(database):
        yield database
