"""Runs `hub` with a kill -9 of itself built in: `python -m tests.killed STEP NTH -- hub arguments`. For test_faults."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import hub.cli.feed
import hub.cli.ingest
import hub.edge.deliver
import hub.edge.seal
import hub.log.receive
import hub.projections.base
import hub.projections.warehouse
from hub.cli import main
from hub.log import heads
from hub.log.recorders import LogStore
from hub.transport import files
from hub.vault.subjects import Vault

SMALL = 200
"""Rows a chunk and events a batch, so that a small file has several."""
STEPS: dict[str, tuple[Any, str]] = {
    "edge has sent nothing yet": (files, "send"),
    "delivery written, not received": (hub.cli.ingest, "receive"),
    "tokens going to the vault": (Vault, "handles"),
    "vault has answered, log has nothing": (heads, "load"),
    "events appended, heads not saved": (heads, "save"),
    "half of the chunks applied": (LogStore, "append"),
    "receipt made, not committed": (hub.log.receive, "store_receipt"),
    "committed, not acknowledged": (files, "acknowledge"),
    "warehouse batch in its transaction": (hub.projections.warehouse, "_arrow"),
    "warehouse caught up, not closed": (hub.projections.warehouse.WarehouseFeed, "close"),
}


def dying(call: Callable[..., Any], nth: int) -> Callable[..., Any]:
    """The same call, but the process is gone when it is made for the nth time."""
    left = nth

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)

    return wrapped


if __name__ == "__main__":
    hub.edge.seal.CHUNK_ROWS = hub.edge.deliver.CHUNK_ROWS = SMALL
    hub.projections.base.BATCH = SMALL
    step, nth = sys.argv[1], int(sys.argv[2])
    owner, name = STEPS[step]
    setattr(owner, name, dying(getattr(owner, name), nth))
    sys.argv = ["hub", *sys.argv[4:]]
    main()
