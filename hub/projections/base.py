"""How a view follows the log: batches of events in, rows and place out in one transaction."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import msgspec

from hub.errors import Stop
from hub.events import NEWEST
from hub.events.upcasters import split_topic, upcast
from hub.log.recorders import LogStore
from hub.log.sealed import Clear, open_body, place_of, split
from hub.vault.subjects import Vault

BATCH = 5_000


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
    done = 0
    for batch in _batches(store, place, end):
        view.apply(list(_opened(batch, vault)), batch[-1].id)
        done += len(batch)
        echo(f"projected {done:,} of {end - place:,} events")
    return done


def _batches(store: LogStore, place: int, end: int) -> Iterator[list[Any]]:
    while batch := store.recorder.select_notifications(place, BATCH, end, inclusive_of_start=False):
        yield list(batch)
        place = batch[-1].id


def _opened(batch: list[Any], vault: Vault) -> Iterator[Told]:
    """Events with their insides. One whose key was destroyed is passed over: it says nothing any more."""
    parts = [split(note.state) for note in batch]
    keys = vault.open_keys(bytes.fromhex(header.key) for header, _, _ in parts if header.key)
    for note, (header, raw_header, rest) in zip(batch, parts, strict=True):
        stream = str(note.originator_id)
        if header.key:
            data_key = keys.get(bytes.fromhex(header.key))
            if data_key is None:
                continue
            place = place_of(stream, note.originator_version, note.topic)
            inside = open_body(rest, data_key, raw_header, place).rstrip()
        else:
            inside = rest
        name, inside = _newest(note.topic, inside)
        yield Told(note.id, stream, note.originator_version, name, header, inside)


def _newest(topic: str, inside: bytes) -> tuple[str, bytes]:
    """The event's name, and its inside as the newest version would say it."""
    name, version = split_topic(topic)
    if name in NEWEST and version == NEWEST[name].version:
        return name, inside
    said = msgspec.json.decode(inside)
    return name, msgspec.json.encode({**said, "data": upcast(topic, said["data"])})
