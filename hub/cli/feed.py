"""The warehouse's raw tables, brought up to the log: in place, or from the first event beside the old ones."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.cli.installation import Installation
from hub.errors import Retry
from hub.projections.base import catch_up
from hub.projections.warehouse import WarehouseFeed


def catch_up_warehouse(hub: Installation, *, rebuild: bool, echo: Callable[[str], None]) -> dict[str, Any]:
    """Apply what the log has and the warehouse has not. A rebuild that is killed leaves the old warehouse as it was."""
    live = hub.settings.warehouse_path
    path = live.with_name(f"{live.name}.rebuilt") if rebuild else live
    with _alone(live.with_name(f"{live.name}.lock")):
        if rebuild:
            _remove(path)
        feed = WarehouseFeed(path)
        try:
            events = catch_up(hub.store, hub.vault, feed, echo=echo)
            place = feed.place()
        finally:
            feed.close()
        if rebuild:
            # The write-ahead file of a killed run belongs to the old warehouse: beside the new one it would spoil it.
            live.with_name(f"{live.name}.wal").unlink(missing_ok=True)
            path.replace(live)
    return {"events": events, "position": place, "rebuilt": rebuild}


def _remove(path: Path) -> None:
    for left in (path, path.with_name(f"{path.name}.wal")):
        left.unlink(missing_ok=True)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One projection at a time; the lock goes with the process, however it ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Retry("another projection is at work: try again when it is done") from None
        yield
