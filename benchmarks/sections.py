"""The sections of edge and log, as the code now has them: which function's time counts for which line of the table.

Renamed a function? Here is the one place to say so: the benchmark stops with its old name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.clock import Clock, Trial, replaced, watching
from benchmarks.homes import COUNTRY, PARTNER, fresh
from hub.adapters import find
from hub.adapters.base import Adapter
from hub.cli.installation import Installation
from hub.edge.deliver import Sender, deliver
from hub.edge.seal import Readers
from hub.edge.tokens import TokenSource
from hub.events.wire import Chunk, Delivery, End, Header
from hub.log.receive import receive

EDGE = {
    "hub.adapters.mapping:MappingAdapter.blocks": "edge: read, twice",
    "hub.edge.table:named_twice": "edge: mark names",
    "hub.edge.blocks:BlockCoder.code": "edge: translate, generalise, code",
    "hub.edge.tokens:PartnerTokens.records": "edge: tokenise",
    "hub.edge.tokens:PartnerTokens.unknown_persons": "edge: tokenise",
    "hub.edge.tokens:People.tokens": "edge: tokenise",
    "hub.edge.packing:Packing.add": "edge: pack",
    "hub.edge.packing:Packing.take": "edge: pack",
    "hub.edge.seal:Sealer.rows": "edge: pack",
    "hub.edge.seal:Sealer.chunk": "edge: seal",
}
EDGE_REST, EDGE_WHOLE = "edge: the rest", "edge: whole, file to sealed parts"
LOG = {
    "hub.log.receive:open_sealed": "log: open",
    "hub.vault.subjects:Vault.open_tokens": "log: open",
    "hub.vault.subjects:Vault.mark": "log: heard before?",
    "hub.log.heard:known": "log: heard before?",
    "hub.log.heard:keep": "log: heard before?",
    "hub.log.receive:unpack_rows": "log: unpack, each value checked",
    "hub.vault.subjects:Vault.handles": "log: vault",
    "hub.log.receive:check_chunk": "log: check",
    "hub.log.heads:load": "log: look up heads",
    "hub.log.applying:Applying.rows": "log: reconcile",
    "hub.log.writer:Writer.begin": "log: seal events",
    "hub.log.writer:Writer.write": "log: seal events",
    "hub.log.heads:save": "log: write heads",
    "hub.log.store:LogStore.append": "log: write events",
    "hub.log.tiles:Frontier.add": "log: write tree",
    "hub.log.tiles:Frontier.save": "log: write tree",
    "hub.log.applying:Applying.close": "log: close periods",
}
LOG_REST = "log: the rest, with commit"
THREAD = "hub.log.receive:behind"
SENDER = Sender(PARTNER, COUNTRY)
Sealed = tuple[Header, list[Chunk | End]]
"""A delivery whose parts are all there."""


def edge_sections() -> list[str]:
    """Their names, in the order of the way through the edge."""
    return [*dict.fromkeys(EDGE.values()), EDGE_REST]


def log_sections(engine: str) -> list[str]:
    """The same of the log."""
    return [f"{name}, {engine}" for name in (*dict.fromkeys(LOG.values()), LOG_REST)]


class Edge(NamedTuple):
    """A partner's file and keys."""

    path: Path
    adapter: Adapter
    tokens: TokenSource
    readers: Readers
    sender: Sender

    def drawn(self) -> Sealed:
        """The file's delivery, drawn to its end."""
        with self.path.open("rb") as source:
            made = deliver(self.adapter, source, self.sender, tokens=self.tokens, readers=self.readers, complete=True)
            return made.header, list(made.parts)


def edge_of(hub: Installation, path: Path, adapter: str, sender: Sender = SENDER) -> Edge:
    """The edge of an installation, which it outlives."""
    return Edge(path, find(adapter), hub.tokens(*sender), hub.readers(sender.partner), sender)


def edge_steps(edge: Edge, rows: int) -> Trial:
    """The edge, section by section."""

    def trial(clock: Clock) -> None:
        with watching(clock, EDGE), clock(EDGE_REST):
            edge.drawn()
        for section in edge_sections():
            clock.count(section, rows)

    return trial


def log_steps(folder: Path, engine: str, sealed: Sealed) -> Trial:
    """The log, section by section: one after the other, where `receive` lets a thread write behind the next rows."""

    header, parts = sealed

    def trial(clock: Clock) -> None:
        sections = {name: f"{section}, {engine}" for name, section in LOG.items()}
        rest = f"{LOG_REST}, {engine}"
        with fresh(folder, engine) as hub, watching(clock, sections), replaced(THREAD, lambda _: _at_once), clock(rest):
            receipt = receive(hub.receiver, Delivery(header, iter(parts))).receipt
        for section in log_sections(engine):
            clock.count(section, receipt.received, receipt.accepted + receipt.unchanged)

    return trial


class _AtOnce:
    """Stands for `behind.Behind`: work is done where it is begun."""

    def start(self, work: Callable[[], None]) -> None:
        work()

    def wait(self) -> None:
        pass


@contextmanager
def _at_once() -> Iterator[_AtOnce]:
    yield _AtOnce()
