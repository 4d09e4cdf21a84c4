"""`hub receive` from the inbox folder: once, or for as long as deliveries come."""

import time
from collections.abc import Callable
from typing import Any

from hub.cli.ingest import drain
from hub.cli.installation import Installation
from hub.errors import Retry
from hub.events.wire import COUNTS
from hub.projections.base import Echo

LOOK = 0.5
"""Seconds between two looks at the folder."""


def receive_waiting(hub: Installation, *, stopping: Callable[[], bool], echo: Echo, once: bool) -> dict[str, Any]:
    """Apply what waits; unless `once`, go on with what comes until stopped. What may work later is tried again."""
    deliveries, total = 0, dict.fromkeys(COUNTS, 0)
    while True:
        try:
            receipts = [proven.receipt for proven in drain(hub, echo)]
        except Retry as error:
            if once:
                raise
            echo(f"{error}; once more")
            receipts = []
        deliveries += len(receipts)
        total = {name: count + sum(getattr(each, name) for each in receipts) for name, count in total.items()}
        if once or stopping():
            return {"deliveries": deliveries, **total}
        time.sleep(LOOK)
