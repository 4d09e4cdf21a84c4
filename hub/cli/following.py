"""`hub project --follow`: the warehouse stays at the end of the log until somebody interrupts."""

from collections.abc import Callable
from typing import Any

from hub.cli.feed import catch_up_warehouse
from hub.cli.installation import Installation
from hub.cli.interrupted import rest
from hub.errors import Retry
from hub.projections.base import Echo

LISTENED = 1.0
"""Seconds in one go that nobody can interrupt."""
PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before what did not work is tried again; twice as many each time."""


def follow(hub: Installation, *, stopping: Callable[[], bool], echo: Echo) -> dict[str, Any]:
    """Apply what is appended, whenever something is. What may work later is told and tried again; a Stop ends it.

    The warehouse's file is open only while there is something to apply: DuckDB lets one process in at a time.
    """
    events, position, pause = 0, 0, 0.0
    while not stopping():
        try:
            moved = catch_up_warehouse(hub, rebuild=False, echo=echo, stopping=stopping)
            events, position, pause = events + moved["events"], moved["position"], 0.0
            behind = min(position, moved.get("database", moved)["position"])
            while not stopping() and not hub.store.wait(behind, LISTENED):
                pass
        except Retry as error:
            pause = min(max(PAUSE, 2 * pause), LONGEST_PAUSE)
            echo(f"{error}; once more in {pause:.0f} s")
            rest(pause, stopping)
    return {"events": events, "position": position, "rebuilt": False}
