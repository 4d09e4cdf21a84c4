"""A new hub and a new edge by a broker, for a measurement: made before the clock runs, and how each does its work."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import hub.cli.inbox
from benchmarks.homes import PARTNER
from hub.cli.edge import Edge, public_of, read_public
from hub.cli.inbox import receive_waiting
from hub.cli.installation import installation
from hub.cli.interrupted import until_interrupted
from hub.cli.outbox import Outbox
from hub.cli.shipping import Way, seal, ship
from hub.cli.streaming import follow
from hub.cli.tasks import make_task, push
from hub.settings import Settings
from hub.transport import topics
from hub.transport.kafka import Cluster, make_topics
from tests.campaigns.forked import Running, forked


class Ends(NamedTuple):
    """A hub and an edge, each in a folder, closed."""

    hub: Settings
    edge: Settings
    cluster: Cluster
    partner: str

    def way(self) -> Way:
        """The edge's."""
        public = read_public(self.edge.home)
        assert public is not None
        return Way(Edge(self.edge, public), Outbox(self.edge.home / "outbox"), self.cluster, {}, quiet)

    def answered(self) -> int:
        """How many deliveries are in the log, by their receipts."""
        return len(list((self.hub.deliveries_dir / "receipts").glob("*.json")))


@contextmanager
def new_ends(folder: Path, broker: Cluster, every: float) -> Iterator[Ends]:
    """A new hub, a new edge, and topics for them. All is made before, as the clock is to see no key drawn."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        home, partner = Path(own), f"{PARTNER[:3]}{secrets.token_hex(5)}"
        ends = Ends(Settings(home / "hub", answer_every=every), Settings(home / "edge"), broker, partner)
        ended = forked(partial(_made, ends))
        if ended.code:
            raise RuntimeError(ended.answer)
        yield ends


def _made(ends: Ends) -> None:
    make_topics(ends.cluster, topics.of_partners([ends.partner]), copies=1)
    ends.edge.home.mkdir()
    with installation(ends.hub) as opened:
        (ends.edge.home / "hub.public").write_bytes(public_of(opened))


def by_broker(ends: Ends, table: Path) -> None:
    way = ends.way()
    seal(way.outbox, task_of(ends, way.edge, table), quiet)
    ship(way)


def by_folder(ends: Ends, table: Path) -> None:
    push(task_of(ends, ends.way().edge, table), ends.hub.deliveries_dir / "inbox", quiet)


def from_broker(ends: Ends) -> None:
    with installation(ends.hub) as opened, until_interrupted() as stopping:
        follow(opened, ends.cluster, stopping=stopping, echo=quiet, only=ends.partner)


def from_folder(ends: Ends) -> None:
    hub.cli.inbox.LOOK = 0.02  # nothing is to wait for the folder's turn
    with installation(ends.hub) as opened, until_interrupted() as stopping:
        receive_waiting(opened, stopping=stopping, echo=quiet, once=False)


def elsewhere(work: Any, *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def task_of(ends: Ends, edge: Any, table: Path) -> Any:
    return make_task(edge, table, "pt_apav", ends.partner, complete=False, confirmed=False, periods=())


def wait_until(receiver: Running, there: Callable[[], bool]) -> None:
    while not there():
        if receiver.ready(0.005):
            raise RuntimeError(f"the receiver ended: {receiver.end().answer}")


def finish(running: Running) -> None:
    ended = running.end(limit=600)
    if ended.code:
        raise RuntimeError(ended.answer)


def quiet(_line: str) -> None:
    """Nothing is told while it is measured."""
