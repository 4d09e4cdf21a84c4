"""The hub's whole pieces of work on one engine: receive, receive again, ingest, verify, project."""

from contextlib import closing
from pathlib import Path
from time import monotonic

from benchmarks.clock import Clock, Trial, alone
from benchmarks.homes import PARTNER, POSTGRES, drop, fresh, new_database
from benchmarks.plain import Event
from benchmarks.sections import Sealed
from benchmarks.synthetic import Source
from hub.cli.ingest import ingest
from hub.cli.installation import Installation
from hub.database import open_database
from hub.events.wire import Delivery
from hub.log.receive import receive
from hub.log.verify import verify_log
from hub.projections import base
from hub.projections.base import catch_up
from hub.projections.postgres import PostgresFeed
from hub.projections.warehouse import WarehouseFeed

RECEIVE, INGEST = "log: whole, ready parts to receipt", "ingest: file to receipt"
UNCHANGED, SHUFFLED = "log: whole, nothing new", "log: whole, nothing new, rows in another order"
VERIFY = "verify"
SEALED, CLEAR, ONE = "rebuild DuckDB, sealed", "rebuild DuckDB, clear", "rebuild DuckDB, one event a transaction"
SEALED_IN, CLEAR_IN = "rebuild PostgreSQL, sealed", "rebuild PostgreSQL, clear"
FEW, PATIENCE = 1_000, 2.0
"""Events and seconds for what is done one a transaction, at most."""
MOST_KEPT = 200_000
"""Events that are kept for controls, at most."""


def whole_log(folder: Path, engine: str, new: Sealed, again: Sealed, shuffled: Sealed, kept: list[Event]) -> Trial:
    """A delivery, the same rows once more, then in another order, and what is made of the log.

    `kept`: its first events, for controls.
    """

    def trial(clock: Clock) -> None:
        with fresh(folder, engine) as hub:
            for section, (header, parts) in ((RECEIVE, new), (UNCHANGED, again), (SHUFFLED, shuffled)):
                with clock(f"{section}, {engine}"):
                    receipt = receive(hub.receiver, Delivery(header, iter(parts))).receipt
                good = receipt.unchanged + (receipt.accepted if section == RECEIVE else 0)
                clock.count(f"{section}, {engine}", receipt.received, good)
            with clock(f"{VERIFY}, {engine}"):
                report = verify_log(hub.store, hub.signer.verifier)
            clock.count(f"{VERIFY}, {engine}", hub.store.position(), report.events - report.found.total())
            _rebuild(clock, hub, engine, SEALED, SEALED_IN)
            _one_by_one(clock, hub, f"{ONE}, {engine}")
            if not kept:
                kept[:] = hub.store.read(0, MOST_KEPT, MOST_KEPT)

    return trial


def clear_log(folder: Path, engine: str, rows: int) -> Trial:
    """A log of events that are about nobody, and what is made of it."""

    def trial(clock: Clock) -> None:
        with fresh(folder, engine) as hub:
            receive(hub.receiver, Source(hub.readers(PARTNER), personal=False).delivery(rows))
            _rebuild(clock, hub, engine, CLEAR, CLEAR_IN)

    return trial


def whole_ingest(folder: Path, engine: str, path: Path, adapter: str) -> Trial:
    """What `hub ingest FILE` does: for a large file with the edge in a process of its own."""

    def trial(clock: Clock) -> None:
        with fresh(folder, engine) as hub:
            with clock(f"{INGEST}, {engine}"):
                said = ingest(hub, path, adapter, complete=True)
            clock.count(f"{INGEST}, {engine}", said["received"], said["accepted"] + said["unchanged"])

    return trial


def _rebuild(clock: Clock, hub: Installation, engine: str, into_duckdb: str, into_postgres: str) -> None:
    _feed(clock, hub, WarehouseFeed(hub.settings.warehouse_path), f"{into_duckdb}, {engine}")
    if engine == POSTGRES:
        url = new_database()
        with closing(open_database(url, "warehouse database")) as database:
            _feed(clock, hub, PostgresFeed(database), f"{into_postgres}, {engine}")
        drop(url)


def _feed(clock: Clock, hub: Installation, feed: WarehouseFeed | PostgresFeed, section: str) -> None:
    alone(section, lambda: catch_up(hub.store, hub.vault, feed))(clock)
    feed.close()


def _one_by_one(clock: Clock, hub: Installation, section: str) -> None:
    """The same view, one event a transaction, for so long or so many."""
    until, before = monotonic() + PATIENCE, (base.BATCH, base.PAGE)
    base.BATCH = base.PAGE = 1
    try:
        with closing(WarehouseFeed(hub.settings.home / "one.duckdb")) as feed:
            alone(
                section,
                lambda: catch_up(hub.store, hub.vault, feed, until=FEW, stopping=lambda: monotonic() > until),
            )(clock)
    finally:
        base.BATCH, base.PAGE = before
