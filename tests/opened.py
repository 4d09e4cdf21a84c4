"""What a log says, opened: every stream's whole history, without what is drawn by chance (ids, streams, subjects)."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from hub.cli.installation import Installation
from hub.events.record import RecordRetracted
from hub.projections.opening import Opener

Event = tuple[Any, ...]
"""Version, type, partner, country, dataset, part, the version it corrects or retracts, reason, and what it says."""
History = tuple[Event, ...]
Fact = tuple[Any, ...]
"""Type, partner, dataset, part, and what it says."""
PAGE = 5_000


def histories(hub: Installation) -> list[tuple[History, ...]]:
    """Each person's records, with all that was ever said of them; one about nobody alone. In an order of their own.

    Two logs that say the same give the same list.
    """
    streams: dict[str, dict[int, Event]] = {}
    whose: dict[str, str] = {}
    versions: dict[str, int] = {}
    for stream, version, event_id, event, subject in _events(hub):
        versions[event_id] = version
        streams.setdefault(stream, {})[version] = event
        whose[stream] = subject or whose.get(stream, stream)
    persons: dict[str, list[History]] = {}
    for stream, events in streams.items():
        history = tuple(_by_version(events[version], versions) for version in sorted(events))
        persons.setdefault(whose[stream], []).append(history)
    return sorted(tuple(sorted(records)) for records in persons.values())


def current(hub: Installation, partners: Collection[str] = ()) -> list[tuple[Fact, ...]]:
    """What the log says at present of each person, or of nobody, in an order of its own: of all partners, or of some.

    Raises KeyError for a retraction of what is not said.
    """
    standing: dict[tuple[str, str, str], Fact] = {}
    whose: dict[str, str] = {}
    for stream, _, _, event, subject in _events(hub):
        _, name, partner, _, dataset, part, _, _, data = event
        if partners and partner not in partners:
            continue
        if name == RecordRetracted.name:
            said = msgspec.json.decode(data)
            del standing[stream, said["fact"], said.get("part", "")]
        else:
            standing[stream, name, part] = (name, partner, dataset, part, data)
            whose[stream] = subject or stream
    persons: dict[str, list[Fact]] = {}
    for (stream, _, _), fact in standing.items():
        persons.setdefault(whose[stream], []).append(fact)
    return sorted(tuple(sorted(facts)) for facts in persons.values())


def _events(hub: Installation) -> Iterator[tuple[str, int, str, Event, str]]:
    """Every event in the log's order: stream, version, id, the event, subject."""
    opener, place, end = Opener(hub.vault), 0, hub.store.position()
    while rows := hub.store.read(place, end, PAGE):
        page = opener.page(place, rows)
        place = rows[-1][0]
        found = []
        for name, columns in page.columns.items():
            for position, event_id, stream, version, header, inside in zip(*columns, strict=True):
                said = msgspec.json.decode(inside)
                data = msgspec.json.encode(said["data"], order="sorted")
                event = (
                    *(version, name, header.tenant, header.country, said["dataset"], said.get("part", "")),
                    *(said.get("corrects", ""), said.get("reason", ""), data),
                )
                found.append((position, stream, version, event_id.decode(), event, said.get("subject", "")))
        yield from (each[1:] for each in sorted(found))


def _by_version(event: Event, versions: dict[str, int]) -> Event:
    """Ids are drawn by chance: what is corrected or retracted is named by its version instead."""
    *said, corrects, reason, data = event
    if event[1] == RecordRetracted.name:
        what = msgspec.json.decode(data)
        data = msgspec.json.encode({**what, "retracts": str(versions[what["retracts"]])}, order="sorted")
    return (*said, versions.get(corrects, 0), reason, data)
