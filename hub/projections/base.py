"""How a view follows the log: batches of events in, rows and place out in one transaction."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Stop
from hub.events import NEWEST
from hub.events.upcasters import split_topic, upcast
from hub.log.recorders import LogStore
from hub.log.sealed import Clear, open_body, place_of, split
from hub.vault.subjects import Vault

BATCH = 50_000
Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state."""


class Told(NamedTuple):
    """An event as a projection gets it. `inside` is JSON text: dataset, subject, part, corrects, reason and data."""

    position: int
    stream: str
    version: int
    name: str
    header: Clear
    inside: bytes


class View(Protocol):
    """A view of the log: it knows its place, and moves rows and place together."""

    def place(self) -> int:
        """The position of the last event that is in the view, 0 at the beginning."""
        ...

    def apply(self, events: list[Told], place: int) -> None:
        """Write the rows and the place, both or neither."""
        ...


def catch_up(store: LogStore, vault: Vault, view: View, *, echo: Callable[[str], None] = lambda _line: None) -> int:
    """Bring a view up to the log's end; how many events that were. A failing event stops it, at its position."""
    end = store.position()
    place = view.place()
    if place > end:
        raise Stop(f"the view is at {place}, the log ends at {end}: this is another log's view")
    done, behind = 0, end - place
    while batch := store.read(place, end, BATCH):
        place = batch[-1][0]
        view.apply(_opened(batch, vault), place)
        done += len(batch)
        echo(f"projected {done:,} of {behind:,} events")
    return done


def _opened(batch: list[Row], vault: Vault) -> list[Told]:
    """Events with their insides. One whose key was destroyed is passed over: it says nothing any more."""
    parts = [split(row[4]) for row in batch]
    keys = vault.open_keys({bytes.fromhex(header.key) for header, _, _ in parts if header.key})
    seals = {key_id.hex(): AESGCM(key) for key_id, key in keys.items()}
    current = _current()
    told = []
    for (position, stream, version, topic, _), (header, raw_header, rest) in zip(batch, parts, strict=True):
        if not header.key:
            inside = rest
        elif header.key in seals:
            inside = open_body(rest, seals[header.key], raw_header, place_of(stream, version, topic))
        else:
            continue
        name = current.get(topic)
        if name is None:
            name, inside = _upcast(topic, inside)
        told.append(Told(position, stream, version, name, header, inside))
    return told


def _current() -> dict[str, str]:
    """Topics that need no upcasting, and their names."""
    return {model.topic(): name for name, model in NEWEST.items()}


def _upcast(topic: str, inside: bytes) -> tuple[str, bytes]:
    """The event's name, and its inside as the newest version would say it."""
    said = msgspec.json.decode(inside)
    return split_topic(topic)[0], msgspec.json.encode({**said, "data": upcast(topic, said["data"])})
