"""What an installation is like after a kill and a resume: everything that must be as if nothing had happened."""

from contextlib import closing
from typing import Any

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
from tests.opened import histories
from tests.pipe import quiet

Left = dict[str, Any]
"""By name: equal for two installations that were told the same."""


def look_at_log(hub: Installation) -> tuple[Left, list[str]]:
    """The log as it stands, and all that is wrong in itself."""
    wrong = []
    anchor = anchored(hub.settings.anchor_path)
    report = verify_log(hub.store, hub.signer.verifier, [anchor] if anchor else [], workers=1)
    if report.findings or not anchor:
        wrong.append(f"verify: {dict(report.found) or 'no anchor'}")
    kept = [proven.receipt for _, proven in receipts(hub.store)]
    if report.receipts != len(kept):
        wrong.append(f"{len(kept)} receipts, {report.receipts} verified")
    for receipt in kept:
        if receipt.received != receipt.accepted + receipt.unchanged + receipt.quarantined:
            wrong.append("a row was lost or counted twice")
        if len({each.position for each in refusals(hub.store, receipt.delivery)}) != receipt.quarantined:
            wrong.append("other rows were refused than were counted")
    for path in (hub.settings.deliveries_dir / "receipts").glob("*.json"):
        given = check_receipt(path.read_bytes(), hub.signer.verifier).receipt
        if given["delivery"] not in {receipt.delivery for receipt in kept}:
            wrong.append("a receipt was given for a delivery that is not in the log")
    return {
        "facts": histories(hub),
        "position": report.events,
        "inbox": [path.name for path in files.pending(hub.settings.deliveries_dir / "inbox")],
        # Of each delivery; how many were new to the log depends on what had come before the kill.
        "rows": {(receipt.received, receipt.quarantined) for receipt in kept},
        # Taken together, it does not: what was killed after its commit is accepted once, and unchanged then.
        "accepted": sum(receipt.accepted for receipt in kept),
        "events of rows": sum(receipt.events for receipt in kept),
    }, wrong


def look_at_warehouse(hub: Installation) -> tuple[Left, list[str]]:
    """The raw tables as they stand, and whether a replay gives others."""
    with closing(WarehouseFeed(hub.settings.warehouse_path)) as feed:
        left: Left = {"place": feed.place(), "raw tables": feed.checksums()}
    if url := hub.settings.warehouse_url:
        with closing(open_database(url, "warehouse")) as database, closing(PostgresFeed(database)) as other:
            left |= {"place in PostgreSQL": other.place(), "raw tables in PostgreSQL": other.checksums()}
    result = check(hub, echo=quiet)
    differing = [*result["differing"], *result.get("database", {}).get("differing", ())]
    return left, [f"replay is not live in {differing}"] if differing else []
