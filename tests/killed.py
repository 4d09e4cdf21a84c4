"""The steps at which a process can be killed, by name; `arm` builds a kill -9 of this very process into one of them."""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Generator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

import hub.adapters.delimited
import hub.cli.beside
import hub.cli.feed
import hub.cli.ingest
import hub.edge.leaving
import hub.edge.table
import hub.projections.base
import hub.projections.postgres
import hub.projections.warehouse
from hub.database import Database
from hub.edge.seal import Sealer
from hub.log import checkpoint, deliveries, heads
from hub.log.applying import Applying
from hub.log.store import LogStore
from hub.log.tiles import Frontier
from hub.projections.postgres import PostgresFeed
from hub.projections.warehouse import WarehouseFeed
from hub.transport import files
from hub.vault.subjects import Vault
from tests.campaigns.forked import forked

SMALL = 60
"""Rows a chunk and events a page, so that a small file has several."""
UNREAD = 0.3
"""Seconds after which the edge's process has filled the pipe, and waits in the middle of a part."""


class Step(NamedTuple):
    """A call at which the process dies, `after` it or before it; `what` says what it takes to get there."""

    owner: Any
    name: str
    after: bool = False
    what: str = "ingest"


COMMIT = (sa.engine.default.DefaultDialect, "do_commit")
RECEIVER: dict[str, Step] = {
    "key drawn, not in its place": Step(os, "link", what="first"),
    "own tables not made": Step(Database, "create", what="first"),
    "edge: a part is made": Step(Sealer, "chunk"),
    "edge: the closing is made": Step(Sealer, "end", after=True),
    "push: draft written, not renamed": Step(files, "_write", after=True, what="push"),
    "push: renamed, folder not synced": Step(files, "_sync", what="push"),
    "delivery entered, nothing applied": Step(deliveries, "enter", after=True),
    "delivery in the inbox, part received": Step(heads, "load", what="drain"),
    "tokens going to the vault": Step(Vault, "handles"),
    "vault has answered, log has nothing": Step(Vault, "handles", after=True),
    "heads saved, events not appended": Step(heads, "save", after=True),
    "events appended, tree not grown": Step(LogStore, "append", after=True),
    "tree saved": Step(Frontier, "save", after=True),
    "absent records retracted": Step(Applying, "_retract_absent", after=True),
    "period closed": Step(Applying, "_close_period", after=True),
    "checkpoint kept": Step(checkpoint, "keep", after=True),
    "receipt made, not committed": Step(deliveries, "keep_receipt", after=True),
    "commit asked for": Step(*COMMIT),
    "committed": Step(*COMMIT, after=True),
    "committed, not acknowledged": Step(files, "keep_receipt"),
    "committed, in the inbox still": Step(files, "keep_receipt", what="drain"),
    "receipt given, anchor not written": Step(hub.cli.ingest, "write_anchor"),
    "anchor drafted, not in its place": Step(Path, "replace"),
    "acknowledged, in the inbox still": Step(hub.cli.ingest, "acknowledge", after=True, what="drain"),
}
PROJECTOR: dict[str, Step] = {
    "raw tables not made": Step(hub.projections.warehouse, "create_raw_tables", what="rebuild"),
    "page in its transaction": Step(hub.projections.warehouse, "arrow", what="project"),
    "pages written, place not moved": Step(hub.projections.base, "_each", after=True, what="project"),
    "place moved": Step(WarehouseFeed, "apply", after=True, what="project"),
    "caught up, not closed": Step(WarehouseFeed, "close", what="project"),
    "rebuilding": Step(hub.projections.warehouse, "arrow", what="rebuild"),
    "rebuilt, not in its place": Step(WarehouseFeed, "close", after=True, what="rebuild"),
    "rebuilt, the old one's write-ahead file gone": Step(Path, "replace", what="rebuild"),
    "page in its transaction, in PostgreSQL": Step(hub.projections.postgres, "arrow", what="project"),
    "place moved, in PostgreSQL": Step(PostgresFeed, "apply", after=True, what="project"),
    "rebuilding, in PostgreSQL": Step(hub.projections.postgres, "arrow", what="rebuild"),
    "rebuilt, not swapped, in PostgreSQL": Step(hub.projections.postgres, "swap", what="rebuild"),
    "swapped, old one still there, in PostgreSQL": Step(hub.projections.postgres, "swap", after=True, what="rebuild"),
}
IN_POSTGRES = frozenset(name for name in PROJECTOR if "PostgreSQL" in name)
"""Steps that are there with a warehouse in PostgreSQL alone."""


def make_small() -> None:
    """Small chunks, pages and transactions in this process."""
    hub.adapters.delimited.BLOCK_ROWS = hub.edge.table.BLOCK_ROWS = SMALL
    hub.edge.table.CHUNK_ROWS = hub.edge.leaving.CHUNK_ROWS = SMALL
    hub.projections.base.PAGE, hub.projections.base.BATCH = SMALL, 2 * SMALL


def arm(step: Step, nth: int) -> None:
    """The process is gone when it makes this call for the nth time."""
    setattr(step.owner, step.name, dying(getattr(step.owner, step.name), nth, after=step.after))


def died(home: Path, copy: Path, work: Callable[[], None]) -> bool:
    """Do some work on a copy of an installation. Whether the process was killed on its way."""
    shutil.copytree(home, copy)
    ended = forked(work)
    assert ended.code == 0 or ended.killed, ended.answer
    return ended.killed


def at_every_commit(
    folder: Path,
    killed: Callable[[Path, Callable[[], None]], bool],
    wrong: Callable[[Path], list[str]],
    *,
    after: bool = True,
) -> int:
    """Kill at each commit on the way, in a home of its own each, until nobody is killed: that is the control.

    `killed` does the work in a home, armed, and says whether it was killed; `wrong` resumes it there, and says what is
    wrong then: nothing may be. The number of commits.
    """
    for nth in count(1):
        home = folder / str(nth)
        was = killed(home, partial(arm, Step(*COMMIT, after=after), nth))
        assert wrong(home) == [], f"commit {nth}" if was else "the control: nobody killed it"
        if not was:
            break
    return nth - 1


def looked(look: Callable[[], list[str]]) -> list[str]:
    """What a look in a fork finds wrong; that it did not come to its end, too."""
    ended = forked(look)
    return ended.answer if ended.code == 0 else [f"ended with {ended.code}: {ended.answer}"]


def dying(call: Callable[..., Any], nth: int, *, after: bool) -> Callable[..., Any]:
    """The same call, until it is made for the nth time."""
    left = nth

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = call(*args, **kwargs)
        if left == 0 and isinstance(answer, Generator):
            return _dying_at_its_end(answer)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def _dying_at_its_end(items: Generator[Any, None, None]) -> Generator[Any, None, None]:
    yield from items
    os.kill(os.getpid(), signal.SIGKILL)


def lose_the_edge(nth: int) -> None:
    """The edge's own process is killed when its nth message is asked for: it is in the middle of sending one."""
    hub.cli.ingest.LARGE = 0
    following = hub.cli.beside._next
    left = nth

    def losing(*args: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            time.sleep(UNREAD)
            for edge in multiprocessing.active_children():  # none, where it is already at its end
                edge.kill()
        return following(*args)

    hub.cli.beside._next = losing
