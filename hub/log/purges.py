"""The ledger of purges, in the log and outside of it: what was ordered, and how far it is.

An order is a file of its own, outside of the log. Whatever killed the command that gave it, and whichever backup of the
log was put back, the next command carries it out.
"""

import re
from pathlib import Path
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.errors import Stop
from hub.log.outside import rewrite
from hub.log.store import LogStore
from hub.log.tables import purges

NAME = re.compile(r"[0-9a-f]{32}")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A purge, by its random id: a country's records of which the hub learned nothing after a year. `reason` is a code
    of PurgeReason; `approvals` are SHA-256 of those it was given on."""

    purge: str
    country: str
    until: int
    reason: str
    approvals: tuple[str, ...] = ()


class Progress(NamedTuple):
    """How far a purge is: its statement's position (0: nothing was due), and whether events and files are rid of it."""

    purge: str
    position: int
    country: str
    until: int
    emptied: bool
    swept: bool


def give(folder: Path, order: Order) -> None:
    """Write an order down: from here on it is carried out."""
    folder.mkdir(mode=0o700, exist_ok=True)
    rewrite(folder / order.purge, lambda: msgspec.json.encode(order).decode())


def given(folder: Path) -> list[Order]:
    """Every order that was given. Raises Stop for a damaged one."""
    try:
        paths = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []
    return [_read(path) for path in paths]


def progress(store: LogStore) -> list[Progress]:
    """Every purge that the log knows of, in its order."""
    with store.reading() as connection:
        return [Progress._make(row) for row in connection.execute(sa.select(purges).order_by(purges.c.position))]


def until(connection: sa.Connection, country: str) -> int:
    """The last year of which a country's records were purged; 0 for none."""
    years = sa.select(sa.func.max(purges.c.until)).where(purges.c.country == country, purges.c.position > 0)
    return int(connection.scalar(years) or 0)


def newest(store: LogStore) -> int:
    """The position of the newest purge's statement: a view that stands before it is made anew. 0 for none."""
    return max((each.position for each in progress(store)), default=0)


def enter(connection: sa.Connection, order: Order, position: int) -> None:
    """The log has stated a purge. One without a statement is at its end: nothing was due."""
    nothing = position == 0
    row = Progress(order.purge, position, order.country, order.until, nothing, nothing)
    connection.execute(sa.insert(purges).values(row))


def move(connection: sa.Connection, purge: str, *, emptied: bool = True, swept: bool = False) -> None:
    """How far a purge is now."""
    row = sa.update(purges).where(purges.c.purge == purge)
    connection.execute(row.values(emptied=emptied, swept=swept))


def _read(path: Path) -> Order:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Order)
    except msgspec.DecodeError:
        raise Stop(f"the order of the purge {path.name} is damaged: put it back from a copy") from None
