"""Frames as they come → the log, and what is to be answered.

Append first: a delivery's events and the offset after it are one transaction, and the broker is told afterwards. What
cannot be applied is put aside and named on a dead-letter topic, without its content; the topic goes on.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from hub.cli import letters
from hub.cli.ingest import acknowledge, logged
from hub.cli.installation import Installation
from hub.cli.logs import log
from hub.cli.tasks import no_collector
from hub.errors import Reject
from hub.events.cloudevent import CloudEvent
from hub.events.frames import Frame, answer_key, opening_of, unframed
from hub.events.wire import Delivery, ProvenReceipt
from hub.log import sources
from hub.log.deliveries import is_known
from hub.log.quarantine import refuse
from hub.log.receive import receive
from hub.projections.base import Echo
from hub.transport import files, topics
from hub.transport.answering import answering
from hub.transport.arrivals import SEALED, Arrivals, Place, Whole, number_of
from hub.transport.kafka import Message, Unplaced

STEP = 0.5
"""Seconds to wait for messages in one go."""
UNPLACED = 10.0
"""Seconds after which a receiver that was given nothing to read asks why."""
LATER = 300.0
"""Seconds after which a partner without a topic for its answers is tried again; the others get theirs."""
STEADY = 60.0
"""Seconds after which a broker that is lost again was there in between."""
Send = Callable[..., int]


class Stream:
    """A receiver at work: what has come, and what became of it."""

    def __init__(self, hub: Installation, send: Send, arrivals: Arrivals, echo: Echo) -> None:
        self.hub, self.send, self.arrivals, self.echo = hub, send, arrivals, echo
        self.received: list[ProvenReceipt] = []
        self.aside = 0
        self._after: dict[Place, int] = {}
        self._waiting: list[Whole] = []
        self._unplaced: dict[str, float] = {}

    def where(self, place: Place) -> int | None:
        """From where a place is read: where the log is."""
        return sources.where(self.hub.store, *place)

    def lost(self, place: Place) -> None:
        """Another receiver reads it now."""
        self.arrivals.drop(place)
        self._after.pop(place, None)

    def gap(self, place: Place, wanted: int, first: int) -> None:
        """The broker has not kept what was never read. It is named, and the partner is asked to send again."""
        self.echo(f"{place.topic}: offsets {wanted} to {first - 1} are gone unread; the partner is asked to send again")
        log("gap", topic=place.topic, partition=place.partition, wanted=wanted, first=first)
        # First: who is killed in between finds the same gap again.
        if (partner := topics.partner_of(place.topic)) is not None:
            self.send(topics.receipts(partner), secrets.token_hex(16), [letters.wanted()])
        sources.begin_again(self.hub.store, *place, first)

    def take(self, found: list[Message]) -> dict[Place, int]:
        """What came in one look: frames are kept, whole deliveries applied and answered. How far each place is now."""
        for message in found:
            self._frame(message)
        sizes = [each.frame_count * SEALED for each in self._waiting]
        with answering(self.hub.settings.answer_every, sizes) as answer:
            while self._waiting:
                whole = self._waiting.pop(0)
                with closing(whole.file):
                    self._apply(whole)
            answer(self.tell)
        for place, delivery, first, last in self.arrivals.stale(time.monotonic()):
            self._put_aside(place, first, last, delivery, "torn")
        return {place: self._resume(place) for place in self._after}

    def tell(self) -> None:
        """Give every answer that is owed. One whose topic is not there stays owed, and holds up nobody else's."""
        told = []
        for each in sources.owed(self.hub.store):
            if time.monotonic() < self._unplaced.get(each.partner, 0):
                continue
            try:
                self.send(topics.receipts(each.partner), each.delivery, [letters.answer(self.hub.store, each)])
            except Unplaced as error:
                self._unplaced[each.partner] = time.monotonic() + LATER
                self.echo(f"{error}; what {each.partner} is to be told is kept")
                break
            told.append(each)
        if told:
            sources.paid(self.hub.store, told)

    def _frame(self, message: Message) -> None:
        place, offset = message.place, message.offset
        self._after[place] = offset + 1
        if isinstance(message.event, str):
            self._put_aside(place, offset, offset, None, "not-of-an-edge")
            return
        try:
            delivery = _delivery_id(message)
            if self._heard(place, delivery, message.event):
                return
            whole = self.arrivals.take(place, offset, delivery, message.event)
        except Reject as error:
            self._put_aside(place, offset, offset, None, error.rule)
            return
        if whole is not None:
            self._waiting.append(whole)

    def _heard(self, place: Place, delivery: str, event: CloudEvent) -> bool:
        """Whether a delivery is in the log: then its frames say nothing, and its first one asks for the answer."""
        partner = topics.partner_of(place.topic) or ""
        if any((each.place, each.delivery) == (place, delivery) for each in self._waiting):
            return True
        if self.arrivals.begun(place, delivery) or not is_known(self.hub.store, delivery, partner):
            return False
        if number_of(event) == 0:
            first = Frame(0, event.type == topics.LAST_FRAME, event.data)
            with _sealed(delivery):
                to = answer_key(opening_of(partner, delivery, first, self.hub.payload_secret)).public_bytes_raw()
            with self.hub.store.writing() as connection:
                sources.owe(connection, sources.Answer(delivery, partner, to, ""))
        return True

    def _resume(self, place: Place) -> int:
        """Where a receiver begins that knows no more than the log: at the first frame of what is not in it."""
        firsts = [each.first for each in self._waiting if each.place == place]
        return min([self.arrivals.resume(place, self._after[place]), *firsts])

    def _apply(self, whole: Whole) -> None:
        resume = self._resume(whole.place)
        partner = topics.partner_of(whole.place.topic) or ""
        owed = None
        try:
            with _sealed(whole.delivery):
                opened, delivery = unframed(
                    partner, whole.delivery, whole.frames(), whole.frame_count, self.hub.payload_secret
                )
                to = answer_key(opened).public_bytes_raw()
            owed = sources.Answer(whole.delivery, partner, to, "")

            def along(connection: sa.Connection) -> None:
                sources.move(connection, *whole.place, resume)
                sources.owe(connection, owed)

            with no_collector():
                parts = _guarded(delivery, whole)
                proven = receive(self.hub.receiver, parts, echo=self.echo, along=along)
        except Reject as error:
            self._keep(whole, partner)
            self._put_aside(whole.place, whole.first, whole.last, whole.delivery, error.rule, owed)
            self.echo(f"put aside: {error}")
        else:
            acknowledge(self.hub, proven)
            logged(self.hub, proven)
            self.received.append(proven)

    def _keep(self, whole: Whole, partner: str) -> None:
        """The delivery as a file, sealed as it came, where `hub quarantine retry` finds it. Not what does not open."""
        folder = self.hub.settings.deliveries_dir / "rejected"
        try:
            with _sealed(whole.delivery):
                _, again = unframed(partner, whole.delivery, whole.frames(), whole.frame_count, self.hub.payload_secret)
            files.send(_guarded(again, whole), folder)
        except Reject:
            return

    def _put_aside(
        self, place: Place, first: int, last: int, delivery: str | None, rule: str, owed: sources.Answer | None = None
    ) -> None:
        """Named on the dead-letter topic and in the log; then the place moves on."""
        letter = letters.dead_letter(self.hub.payload_secret, place, first, last, delivery, rule)
        self.send(topics.DEAD_LETTERS, secrets.token_hex(16), [letter])
        if delivery is not None:
            refuse(self.hub.store, delivery, rule, date.today())
        with self.hub.store.writing() as connection:
            sources.move(connection, *place, self._resume(place))
            if owed is not None:
                sources.owe(connection, owed._replace(rule=rule))
        self.aside += 1
        log("put aside", topic=place.topic, partition=place.partition, first=first, last=last, rule=rule)


def _delivery_id(message: Message) -> str:
    if len(message.key) != 32 or any(each not in "0123456789abcdef" for each in message.key):
        raise Reject("a message whose key names no delivery", "not-of-an-edge")
    return message.key


def _guarded(delivery: Delivery, whole: Whole) -> Delivery:
    """The same, where a frame that does not open refuses the delivery."""

    def parts() -> Iterator[Any]:
        iterator = iter(delivery.parts)
        while True:
            with _sealed(whole.delivery):
                part = next(iterator, None)
            if part is None:
                return
            yield part

    return Delivery(delivery.header, parts())


@contextmanager
def _sealed(delivery: str) -> Iterator[None]:
    try:
        yield
    except InvalidTag:
        raise Reject(f"delivery {delivery} does not open", "does-not-open") from None
    except ValueError:
        raise Reject(f"delivery {delivery} is not one", "not-of-an-edge") from None
