"""An edge's deliveries to the broker, and the hub's answers from it. Nothing is sent that is not on the disk first."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag

from hub.cli.beside import Task, delivered
from hub.cli.cluster import cluster_of
from hub.cli.edge import Sealing
from hub.cli.outbox import Origin, Outbox, digest_of
from hub.cli.tasks import no_collector, told_of
from hub.errors import Reject, Retry, Stop
from hub.events.cloudevent import CloudEvent
from hub.events.frames import Frame, framed
from hub.events.wire import Chunk, Delivery, End, open_sealed
from hub.log.receipts import check_receipt
from hub.transport import files, topics
from hub.transport.kafka import Cluster, Message, messages, sending

Echo = Callable[[str], None]
Send = Callable[[str, str, Iterator[CloudEvent]], int]
LISTEN = 1.0
"""Seconds to wait for an answer in one go."""
PAUSE = 0.2
"""Seconds between two looks while an answer is waited for."""


class _Refused(msgspec.Struct, frozen=True):
    rule: str


class Way(NamedTuple):
    """An edge's way to a broker and back."""

    edge: Sealing
    outbox: Outbox
    cluster: Cluster
    seen: dict[str, int]
    echo: Echo

    def go(self, *, wait: float = 0) -> dict[str, int]:
        """Send what waits, and take the answers that are there; `wait`: so many seconds more for those that are not."""
        end = time.monotonic() + wait
        counts = {"sent": ship(self), "received": 0, "refused": 0}
        while True:
            for kind in collect(self):
                counts[kind] += 1
            unanswered = len(list(self.outbox.pending("sent")))
            if not unanswered or time.monotonic() >= end:
                return {**counts, "unanswered": unanswered}
            time.sleep(min(PAUSE, wait))  # each look is a connection
            counts["sent"] += ship(self)  # what the hub asked for once more


def way(edge: Sealing, outbox: Outbox, url: str, echo: Echo) -> Way:
    """The way to the broker of a URL."""
    return Way(edge, outbox, cluster_of(url, edge.settings.home), {}, echo)


def seal(outbox: Outbox, task: Task, echo: Echo) -> str:
    """A file as a sealed delivery that waits in the outbox; its id. Sealed anew each time it is asked for."""
    digest = digest_of(task.path)
    with no_collector(), told_of(task), delivered(task, echo) as delivery:
        header = delivery.header
        outbox.named(Origin(header.partner, header.dataset, task.path.name, digest), header.delivery)
        whole = Delivery(header, _of_one_content(delivery.parts, task.path, digest))
        sealed = files.send(whole, outbox.waiting).stem
    outbox.keep_order(sealed)
    return sealed


def _of_one_content(parts: Iterator[Chunk | End], path: Path, digest: str) -> Iterator[Chunk | End]:
    """The parts; before the last one, raises Retry where the file is not any more what it was at the first."""
    for part in parts:
        if isinstance(part, End) and digest_of(path) != digest:
            raise Retry(f"{path.name} changed while it was read: nothing of it is sealed")
        yield part


def ship(way: Way) -> int:
    """Send every delivery that waits, oldest first; how many. One counts as sent when the brokers have all of it."""
    waiting = list(way.outbox.pending("waiting"))
    if not waiting:
        return 0
    sent = 0
    with sending(way.cluster) as send:
        for path in waiting:
            with suppress(FileNotFoundError):  # another process of this edge was faster
                sent += _sent(way, send, path)
    return sent


def _sent(way: Way, send: Send, path: Path) -> bool:
    """Send one; one that this disk has damaged is put aside, and holds up no other."""
    try:
        with files.opened(path) as delivery:
            partner = delivery.header.partner
            readers = way.edge.readers(partner)
            frames = framed(delivery, readers.partner, readers.hub)
            count = send(topics.deliveries(partner), path.stem, _events(partner, path.stem, frames))
    except Reject as error:
        way.outbox.refused(path.stem, error.rule)
        way.echo(f"put aside: {error}")
        return False
    way.outbox.move(path.stem, "waiting", "sent")
    way.echo(f"sent {path.stem} in {count} messages")
    return True


def collect(way: Way) -> Iterator[Literal["received", "refused"]]:
    """Take the answers that came for this edge's partners, and tell what each says.

    A receipt counts when its proof holds against the log's key. When the hub asks for all that it has not answered,
    it goes back to `waiting`.
    """
    partners = {_partner(path) for path in way.outbox.pending("sent")}
    for partner in sorted(filter(None, partners)):
        topic = topics.receipts(partner)
        for message in messages(way.cluster, topic, LISTEN, after=way.seen.get(topic, 0)):
            way.seen[topic] = message.offset + 1
            if (said := _taken(way, partner, message)) is not None:
                yield said


def _events(partner: str, delivery: str, frames: Iterator[Frame]) -> Iterator[CloudEvent]:
    for number, last, sealed in frames:
        kind = topics.LAST_FRAME if last else topics.FRAME
        numbered = ((topics.SEQUENCE, str(number)),)
        yield CloudEvent(f"{delivery}.{number}", topics.source_of(partner), kind, sealed, extensions=numbered)


def _partner(path: Path) -> str | None:
    """Whose delivery it is; None for one that is gone, as another process has its answer, or that cannot be read."""
    try:
        with files.opened(path) as delivery:
            return delivery.header.partner
    except (FileNotFoundError, Reject):
        return None


def _taken(way: Way, partner: str, message: Message) -> Literal["received", "refused"] | None:
    """What an answer says, carried out. One that is not ours, or does not open, says nothing."""
    event, delivery = message.event, message.key
    if isinstance(event, str) or event.source != topics.HUB:
        return None
    if event.type == topics.WANTED:
        if not way.outbox.heeded(event.id):
            _again(way.outbox, partner)
            way.outbox.heed(event.id)
        return None
    if way.outbox.state(delivery) not in ("sent", "waiting"):
        return None
    try:
        said = open_sealed(event.data, way.edge.opener(partner), f"{partner}|{delivery}|{event.type}")
    except InvalidTag:
        return None
    if event.type == topics.RECEIPT:
        facts = check_receipt(said, way.edge.verifier)
        if facts.receipt.get("delivery") != delivery:
            raise Stop(f"the answer to delivery {delivery} is the receipt of another one")
        way.outbox.received(delivery, said.rstrip())
        return "received"
    if event.type == topics.REFUSED:
        way.outbox.refused(delivery, msgspec.json.decode(said, type=_Refused).rule)
        return "refused"
    return None


def _again(outbox: Outbox, partner: str) -> None:
    for path in list(outbox.pending("sent")):
        if _partner(path) == partner:
            outbox.move(path.stem, "sent", "waiting")
