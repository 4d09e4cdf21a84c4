"""A hub, an edge of its own, and a broker between them: what tests of the broker's way share."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hub.cli.edge import Edge, public_of, read_public
from hub.cli.outbox import Outbox
from hub.cli.shipping import Echo, Way, seal
from hub.cli.streaming import follow
from hub.cli.tasks import make_task
from hub.settings import Settings
from hub.transport import topics
from hub.transport.kafka import Cluster, make_topics
from tests.pipe import MAPPING, Pipe, Row, open_pipe, quiet, write_mapping, write_table


class Wire(NamedTuple):
    """One partner's edge, the hub, and their broker. The partner's name is this test's alone, and so are its topics."""

    pipe: Pipe
    way: Way
    cluster: Cluster
    partner: str

    def seal(self, rows: Sequence[Row], *, complete: bool = False) -> str:
        """Rows as a delivery in the outbox; its id."""
        path = write_table(self.pipe.folder / f"{secrets.token_hex(4)}.csv", rows)
        return seal(self.way.outbox, self.task(path, complete=complete), quiet)

    def task(self, path: Path, *, complete: bool = False) -> Any:
        """What the edge is asked to deliver."""
        mapping = str(write_mapping(self.pipe.folder, MAPPING))
        return make_task(self.way.edge, path, mapping, self.partner, complete=complete, confirmed=False, periods=())

    def receive(self, *, echo: Echo = quiet) -> dict[str, Any]:
        """The hub takes what is there."""
        return follow(self.pipe.hub, self.cluster, stopping=lambda: False, echo=echo, once=True, only=self.partner)

    def states(self) -> list[str]:
        """Of every delivery of the edge."""
        return [each.state for each in self.way.outbox.entries()]


@contextmanager
def open_wire(folder: Path, cluster: Cluster, engine: str = "sqlite", *, partner: str = "") -> Iterator[Wire]:
    """A new hub and a new edge in a folder, and topics for them on a broker."""
    partner = partner or f"pt-{secrets.token_hex(5)}"
    make_topics(cluster, [topics.deliveries(partner), topics.receipts(partner), topics.DEAD_LETTERS], copies=1)
    with open_pipe(folder / "hub", engine) as pipe:
        home = folder / "edge"
        home.mkdir()
        (home / "hub.public").write_bytes(public_of(pipe.hub))
        public = read_public(home)
        assert public is not None
        edge = Edge(Settings(home), public)
        yield Wire(pipe, Way(edge, Outbox(home / "outbox"), cluster, {}, quiet), cluster, partner)
