"""Records of past years, put into an installation as they would have come then, and purged."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.cli.installation import Installation
from hub.events.wire import ProvenReceipt
from hub.log import purges, purging
from hub.log.purges import Order
from hub.log.receive import receive
from hub.transport import files
from tests.pipe import Pipe


def take_in(
    pipe: Pipe, year: int, rows: Sequence[Mapping[str, str]], *, complete: bool = False, **options: Any
) -> ProvenReceipt:
    """Rows of the test table, as the hub learned them in a year."""
    path = pipe.drop(rows, complete=complete, **options)
    with files.opened(path) as delivery:
        proven = receive(pipe.hub.receiver, delivery, now=lambda: datetime(year, 6, 1, tzinfo=UTC))
    path.unlink()
    return proven


def purge(hub: Installation, until: int, country: str = "PT") -> Order:
    """Purge what the hub heard of last in that year or before."""
    order = Order(secrets.token_hex(16), country, until, "PERIOD_ENDED")
    purges.give(hub.settings.purges_path, order)
    purging.carry_out(hub.receiver, hub.settings.purges_path)
    return order


def contents(hub: Installation) -> dict[int, bytes]:
    """What each event of the log holds."""
    end = hub.store.position()
    return {position: state for position, _, _, _, state in hub.store.read(0, end, end)} if end else {}


def every_byte(home: Path) -> bytes:
    """All files of an installation, but its keys."""
    kept = (path for path in sorted(home.rglob("*")) if path.is_file() and "keys" not in path.parts)
    return b"\0".join(path.read_bytes() for path in kept)
