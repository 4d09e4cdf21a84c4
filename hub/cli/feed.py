"""The warehouse's raw tables, brought up to the log: in place, or from the first event beside the old ones."""

from collections.abc import Callable
from typing import Any

from hub.cli.installation import Installation
from hub.projections.base import catch_up
from hub.projections.warehouse import WarehouseFeed


def catch_up_warehouse(hub: Installation, *, rebuild: bool, echo: Callable[[str], None]) -> dict[str, Any]:
    """Apply what the log has and the warehouse has not. A rebuild that is killed leaves the old warehouse as it was."""
    live = hub.settings.warehouse_path
    path = live.with_name(f"{live.name}.rebuilt") if rebuild else live
    if rebuild:
        for left in (path, path.with_name(f"{path.name}.wal")):
            left.unlink(missing_ok=True)
    feed = WarehouseFeed(path)
    try:
        events = catch_up(hub.store, hub.vault, feed, echo=echo)
        place = feed.place()
    finally:
        feed.close()
    if rebuild:
        path.replace(live)
    return {"events": events, "position": place, "rebuilt": rebuild}
