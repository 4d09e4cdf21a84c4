"""What an installation is like after a kill and a resume: everything that must be as if nothing had happened."""

from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple

from hub.cli.feed import check
from hub.cli.installation import Installation
from hub.database import open_database
from hub.log.anchor import anchored
from hub.log.deliveries import receipts
from hub.log.quarantine import refusals
from hub.log.receipts import check_receipt
from hub.log.verify import verify_log
from hub.projections.postgres import PostgresFeed
from hub.projections.warehouse import WarehouseFeed
from hub.transport import files
from tests.opened import History, histories
from tests.pipe import quiet


class Log(NamedTuple):
    """A log, and what it answered. Equal for two installations that were told the same."""

    said: list[tuple[History, ...]]
    events: int
    inbox: list[str]
    rows: set[tuple[int, int]]
    """Received and quarantined, of each delivery; the other counts depend on what was there before the kill."""


class Warehouse(NamedTuple):
    """The raw tables, as their checksums."""

    place: int
    tables: dict[str, Any]
    in_database: dict[str, Any]


def look_at_log(hub: Installation) -> tuple[Log, list[str]]:
    """The log as it stands, and all that is wrong in itself."""
    wrong = []
    anchor = anchored(hub.settings.anchor_path)
    report = verify_log(hub.store, hub.signer.verifier, [anchor] if anchor else [], workers=1)
    if report.findings or not anchor:
        wrong.append(f"verify: {dict(report.found) or 'no anchor'}")
    given = [proven.receipt for _, proven in receipts(hub.store)]
    if report.receipts != len(given):
        wrong.append(f"{len(given)} receipts, {report.receipts} verified")
    for receipt in given:
        if receipt.received != receipt.accepted + receipt.unchanged + receipt.quarantined:
            wrong.append("a row was lost or counted twice")
        if len({each.position for each in refusals(hub.store, receipt.delivery)}) != receipt.quarantined:
            wrong.append("other rows were refused than were counted")
    for path in (hub.settings.deliveries_dir / "receipts").glob("*.json"):
        facts = check_receipt(path.read_bytes(), hub.signer.verifier)
        if facts.receipt["delivery"] not in {receipt.delivery for receipt in given}:
            wrong.append("a receipt was given for a delivery that is not in the log")
    waiting = [path.name for path in files.pending(hub.settings.deliveries_dir / "inbox")]
    rows = {(receipt.received, receipt.quarantined) for receipt in given}
    return Log(histories(hub), report.events, waiting, rows), wrong


def look_at_warehouse(hub: Installation) -> tuple[Warehouse, list[str]]:
    """The raw tables as they stand, and whether a replay gives others."""
    with closing(WarehouseFeed(hub.settings.warehouse_path)) as feed:
        place, tables = feed.place(), feed.checksums()
    in_database: dict[str, Any] = {}
    if hub.settings.warehouse_url:
        with (
            closing(open_database(hub.settings.warehouse_url, "warehouse")) as database,
            closing(PostgresFeed(database)) as feed,
        ):
            in_database = {"place": feed.place(), **feed.checksums()}
    result = check(hub, echo=quiet)
    differing = [*result["differing"], *result.get("database", {}).get("differing", ())]
    return Warehouse(place, tables, in_database), [f"replay differs in {differing}"] if differing else []
