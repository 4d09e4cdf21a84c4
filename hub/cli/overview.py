"""What `hub status` tells: counts and places, never a value, never a person."""

from typing import Any

import duckdb

from hub.cli.installation import Installation
from hub.events.wire import COUNTS, ERASURE
from hub.log.deliveries import receipts
from hub.log.quarantine import by_rule, replays
from hub.transport import files


def overview(hub: Installation) -> dict[str, Any]:
    """The state of this installation."""
    every = [proven.receipt for _, proven in receipts(hub.store)]
    acknowledged = [receipt for receipt in every if receipt.dataset != ERASURE]
    again = {each.delivery: each.rows for each in replays(hub.store)}
    # A row that was refused and passes later is one row: it counts as its own delivery says, and then as replayed.
    first = [receipt for receipt in acknowledged if receipt.delivery not in again]
    return {
        "home": str(hub.settings.home),
        "position": hub.store.position(),
        "deliveries": len(acknowledged),
        "waiting": len(files.pending(hub.settings.deliveries_dir / "inbox")),
        **{name: sum(getattr(receipt, name) for receipt in first) for name in COUNTS if name != "events"},
        "events": sum(receipt.events for receipt in acknowledged),
        "erasures": len(every) - len(acknowledged),
        "quarantine": dict(by_rule(hub.store)),
        "replays": len(again),
        "replayed": sum(again.values()),
        "warehouse": _warehouse(hub),
        "releases": _releases(hub),
    }


def _warehouse(hub: Installation) -> int | str:
    """The position of the raw tables."""
    if not hub.settings.warehouse_path.exists():
        return "not built"
    try:
        with duckdb.connect(str(hub.settings.warehouse_path), read_only=True) as connection:
            row = connection.execute("SELECT max(position) FROM raw.place").fetchone()
    except duckdb.Error:
        return "in use, or damaged"
    return int(row[0] or 0) if row else 0


def _releases(hub: Installation) -> list[str]:
    if not hub.settings.release_path.exists():
        return []
    try:
        connection = duckdb.connect(str(hub.settings.release_path), read_only=True)
    except duckdb.Error:
        return ["unreadable"]
    with connection:
        return [row[0] for row in connection.execute("SELECT release_id FROM releases ORDER BY 1").fetchall()]
