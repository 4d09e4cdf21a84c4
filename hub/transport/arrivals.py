"""Frames as they come from a topic → whole deliveries. What is not whole yet stands in files without a name: whatever
kills the receiver leaves nothing behind, and the broker still has every frame."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from hub.errors import Reject, Retry
from hub.events.cloudevent import CloudEvent
from hub.events.frames import PLAIN
from hub.transport.topics import FRAME, LAST_FRAME, SEQUENCE

SEALED = PLAIN + 48
"""Bytes of a sealed frame."""
MOST_FRAMES = 1 << 16
"""Of a delivery: sixteen gigabytes."""
PATIENCE = 24 * 60 * 60
"""Seconds after which a delivery of which nothing more came is taken for torn."""


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Whole(NamedTuple):
    """A delivery whose frames are all here: where it stood, and its frames in their order."""

    place: Place
    delivery: str
    first: int
    last: int
    frame_count: int
    file: IO[bytes]

    def frames(self) -> Iterator[bytes]:
        """Its frames, sealed, in their order. Again: from the first."""
        self.file.seek(0)
        while frame := self.file.read(SEALED):
            yield frame


class _Open:
    """A delivery of which frames are missing still."""

    def __init__(self, folder: Path, offset: int) -> None:
        self.first = self.newest = offset
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the delivery
        self.numbers: set[int] = set()
        self.count: int | None = None
        self.touched = time.monotonic()

    def add(self, number: int, offset: int, sealed: bytes, *, last: bool) -> None:
        if last:
            if self.count not in (None, number + 1) or (self.numbers and max(self.numbers) > number):
                raise Reject("a delivery has two ends", "torn")
            self.count = number + 1
        elif self.count is not None and number >= self.count:
            raise Reject("a delivery goes on after its end", "torn")
        self.first, self.newest = min(self.first, offset), max(self.newest, offset)
        self.touched = time.monotonic()
        if number not in self.numbers:
            self.file.seek(number * SEALED)
            self.file.write(sealed)
            self.numbers.add(number)

    def whole(self) -> bool:
        return self.count is not None and len(self.numbers) == self.count


class Arrivals:
    """Deliveries on their way, by place."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[Place, dict[str, _Open]] = {}

    def take(self, place: Place, offset: int, delivery: str, event: CloudEvent) -> Whole | None:
        """A frame; the whole delivery if it was the missing one. One that came before says nothing new.

        Raises Reject for what is no frame, or does not go with the others: the delivery's frames are then dropped.
        Raises Retry for a disk that has no room.
        """
        last = event.type == LAST_FRAME
        number = number_of(event)
        if event.type not in (FRAME, LAST_FRAME) or number is None or len(event.data) != SEALED:
            raise Reject(f"delivery {delivery} has a frame that no edge makes", "not-of-an-edge")
        here = self._open.setdefault(place, {})
        try:
            found = here.get(delivery) or here.setdefault(delivery, _Open(self._folder, offset))
            found.add(number, offset, event.data, last=last)
            if not found.whole():
                return None
            found.file.flush()
        except Reject:
            self.drop(place, delivery)
            raise
        except OSError as error:
            raise Retry(f"a delivery could not be kept while it comes: {error.strerror}") from None
        del here[delivery]
        assert found.count is not None  # noqa: S101 - it is whole
        return Whole(place, delivery, found.first, found.newest, found.count, found.file)

    def begun(self, place: Place, delivery: str) -> bool:
        """Whether frames of a delivery are here."""
        return delivery in self._open.get(place, {})

    def resume(self, place: Place, after: int) -> int:
        """From which offset a receiver goes on that forgot what is not whole yet, when all before `after` was read."""
        return min((found.first for found in self._open.get(place, {}).values()), default=after)

    def stale(self, now: float) -> list[tuple[Place, str, int, int]]:
        """Deliveries of which nothing more came: their place, and their first and newest offset. They are dropped."""
        gone = [
            (place, delivery, found.first, found.newest)
            for place, here in self._open.items()
            for delivery, found in here.items()
            if now - found.touched > PATIENCE
        ]
        for place, delivery, _, _ in gone:
            self.drop(place, delivery)
        return gone

    def drop(self, place: Place, delivery: str | None = None) -> None:
        """Forget a delivery's frames, or a whole place's: another receiver reads it now."""
        here = self._open.get(place, {})
        with ExitStack() as closing:
            for name in [delivery] if delivery is not None else list(here):
                if (found := here.pop(name, None)) is not None:
                    closing.callback(_forget, found.file)

    def close(self) -> None:
        """Forget them all."""
        for place in list(self._open):
            self.drop(place)

    def __enter__(self) -> "Arrivals":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _forget(file: IO[bytes]) -> None:
    with suppress(OSError):  # what it still had to write, nobody reads
        file.close()


def number_of(event: CloudEvent) -> int | None:
    """The number of a frame; None for what has none."""
    said = event.extension(SEQUENCE) or ""
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= 10 else MOST_FRAMES
    return number if number < MOST_FRAMES else None
