"""Which records of a country are due: those of which the hub learned nothing after a year.

The clock is the clear header's month, in which the hub learned of an event: no other date can be read without opening
what it says of somebody. A record goes whole or not at all, by the year in which the hub last learned something of it.
A retraction says nothing new of anybody: it goes with its record, whenever it came.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from hub.events.record import RecordRetracted
from hub.log.sealed import split
from hub.log.store import LogStore

PAGE = 4_096
RETRACTED = RecordRetracted.topic()
HEX = 16
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Echo = Callable[[str], None]


class Due(NamedTuple):
    """Records that are due by their streams, their events by positions, both in order; and the handles of the country's
    keys under which other events of it are sealed: of these, somebody is still spoken of."""

    streams: Numbers
    positions: Numbers
    living: Numbers


class Sealed:
    """A country's events about persons, by what stands in clear. Forty bytes each."""

    def __init__(self) -> None:
        self._year, self._position, self._stream, self._key = (array("q") for _ in range(4))
        self._retraction, self._of = array("q"), array("q")

    def add(self, position: int, stream: str, year: str, key: str) -> None:
        """A sealed event: the year in which the hub learned of it, and the handle of its key."""
        self._year.append(int(year))
        self._position.append(position)
        self._stream.append(int(stream, HEX))
        self._key.append(int(key, HEX))

    def retracted(self, position: int, stream: str) -> None:
        """A retraction, of whatever record."""
        self._retraction.append(position)
        self._of.append(int(stream, HEX))

    def due(self, until: int) -> Due:
        """What is due of the events that were read, where records last heard of in `until` or before are."""
        year, position, stream, key = map(_numbers, (self._year, self._position, self._stream, self._key))
        goes = ~np.isin(stream, stream[year > until])
        streams = np.unique(stream[goes])
        retracted = _numbers(self._retraction)[np.isin(_numbers(self._of), streams)]
        positions = np.sort(np.concatenate([position[goes], retracted]))
        return Due(streams, positions, np.unique(key[~goes]))

    def by_year(self) -> dict[int, tuple[int, int]]:
        """Year → how many records the hub last heard of in it, and how many events it learned in it."""
        year, stream = _numbers(self._year), _numbers(self._stream)
        order = np.lexsort((year, stream))
        lasts = np.flatnonzero(np.diff(stream[order], append=-1))
        records, events = Counter(year[order][lasts].tolist()), Counter(year.tolist())
        return {each: (records[each], events[each]) for each in sorted(events)}


def read(store: LogStore, into: Mapping[str, Sealed], after: int, until: int, echo: Echo = lambda _line: None) -> int:
    """Add the events after a position to those of their countries, as far as these are asked for; where it came to."""
    while rows := store.read(after, until, PAGE):
        for position, stream, _, topic, state in rows:
            if not state:
                continue
            header = split(state)[0]
            if header.country in into:
                if header.key:
                    into[header.country].add(position, stream, header.month[:4], header.key)
                elif topic == RETRACTED:
                    into[header.country].retracted(position, stream)
        after = rows[-1][0]
        if after % (64 * PAGE) == 0:
            echo(f"looked at {after:,} of {until:,} events")
    return after


def _numbers(values: "array[int]") -> Numbers:
    return np.frombuffer(values, np.int64) if values else np.empty(0, np.int64)
