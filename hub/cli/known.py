"""`--as-known-at`: what the hub knew at a position of the log, or when a day ended."""

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from hub.errors import Reject

if TYPE_CHECKING:
    from hub.cli.installation import Installation

AsKnownAt = Annotated[
    str | None, typer.Option(help="Leave out what the hub learned after this position, or day (2026-03-31, UTC).")
]
POSITION, DAY = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def position_of(hub: "Installation", said: str | None) -> int | None:
    """A position, or a day as the position that the log ended with on it. Raises Reject for anything else.

    Also for a day that is not over, on which more may become known, and a position that the log has not reached: what
    was known there is not the same tomorrow.
    """
    from hub.log.deliveries import position_on

    if said is None:
        return None
    end = hub.store.position()
    if POSITION.fullmatch(said):
        if (position := int(said)) > end:
            raise Reject(f"the log ends at {end:,}: nothing is known at {position:,} yet")
        return position
    try:
        day = date.fromisoformat(said if DAY.fullmatch(said) else "")
    except ValueError:
        raise Reject("--as-known-at takes a position of the log, or a day as 2026-03-31") from None
    if day >= datetime.now(UTC).date():
        raise Reject("that day is not over: more may become known on it")
    return position_on(hub.store, day)
