"""Events as they are stored → columns of open events, a page at a time. Nothing here makes an object an event."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import HubError, Stop
from hub.events import NEWEST
from hub.events.upcasters import split_topic, upcast
from hub.log.sealed import NONCE_BYTES, Clear, split
from hub.vault.subjects import Vault

Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state: an event as the log's store gives it."""
ID = slice(9, 41)
"""Where a header has its event's id: after two bytes of length and `{"id":"`."""
KEY = slice(-18, -2)
"""Where the header of a personal event has the handle of its key: at the end, before `"}`."""
Decrypt = Callable[[bytes, bytes, bytes], bytes]
KEYS = 50_000
"""Keys that are kept ready for the next pages of the same run: 2 kB each."""


class Unfit(Stop):
    """An event that cannot be opened, or that a view cannot take. `catch_up` finds out which one it is."""


class Columns(NamedTuple):
    """The events of one type in a page, in order. `inside` is JSON: dataset, subject, part, corrects, reason, data."""

    position: tuple[int, ...]
    event_id: tuple[bytes, ...]
    stream: tuple[str, ...]
    version: tuple[int, ...]
    header: tuple[Clear, ...]
    """What a delivery's headers have in common: tenant, country and month. Its `id` and `key` are another event's."""
    inside: tuple[bytes, ...]


class Page(NamedTuple):
    """Events after a position, up to and with `place`, by their names."""

    after: int
    place: int
    columns: dict[str, Columns]


class Opener:
    """Opens pages, for one run of one view. What was sealed under a destroyed key is passed over: it says nothing."""

    def __init__(self, vault: Vault, only: frozenset[str] | None = None) -> None:
        """`only`: the stored types that are opened, where a view takes no others."""
        self._vault, self._only = vault, only
        self._current = {model.topic(): name for name, model in NEWEST.items()}
        self._known: dict[bytes, Clear] = {}
        self._seals: dict[bytes, Decrypt] = {}

    def page(self, after: int, rows: Sequence[Row]) -> Page:
        """Open the events after a position. Raises Unfit when one of them does not open."""
        try:
            return Page(after, rows[-1][0], self._columns(rows))
        except InvalidTag:
            raise Unfit("does not open under its subject's key: the log was changed") from None
        except HubError as error:
            raise Unfit(str(error)) if isinstance(error, Stop) else error from None
        except (ValueError, IndexError, KeyError) as error:
            raise Unfit(f"cannot be read: {type(error).__name__}") from None

    def _columns(self, rows: Sequence[Row]) -> dict[str, Columns]:
        read, current = self._header, self._current
        rows = [row for row in rows if row[4]]  # a purged event holds nothing
        if self._only is not None:
            rows = [row for row in rows if row[3] in self._only]
        heads = [read(row[4]) for row in rows]
        seals = self._keys({key for _, _, key in heads if key})
        groups: dict[str, list[tuple[int, bytes, str, int, Clear, bytes]]] = {}
        for (position, stream, version, topic, state), (header, end, key) in zip(rows, heads, strict=True):
            if not key:
                inside = state[end:]
            elif key in seals:
                start = end + NONCE_BYTES
                bound = state[:end] + f"{stream}|{version}|{topic}".encode()
                # Without the spaces that gave it its size: whoever reads it next would look at each of them.
                inside = seals[key](state[end:start], state[start:], bound).rstrip()
            else:
                continue
            name = current.get(topic)
            if name is None:
                name, inside = _newest(topic, inside)
            event = (position, state[ID], stream, version, header, inside)
            if name in groups:
                groups[name].append(event)
            else:
                groups[name] = [event]
        return {name: Columns(*zip(*group, strict=True)) for name, group in groups.items()}

    def _keys(self, wanted: set[bytes]) -> dict[bytes, Decrypt]:
        """What opens under each handle, of this page and of some before it: most people have more than one event."""
        seals = self._seals
        if len(seals) + len(wanted) > KEYS:
            self._seals = seals = {key: seals[key] for key in wanted & seals.keys()}
        missing = {int(key, 16): key for key in wanted - seals.keys()}
        for handle, data_key in self._vault.open_keys(missing).items():
            seals[missing[handle]] = AESGCM(data_key).decrypt
        return seals

    def _header(self, state: bytes) -> tuple[Clear, int, bytes]:
        """What it has in common with its delivery's, where it ends, and the handle of its key as it is written there.

        Headers of one delivery are alike but for two ids of fixed length, so only the first of each kind is decoded.
        """
        end = 2 + (state[0] << 8 | state[1])
        rest = state[ID.stop : end]
        known = self._known.get(rest)
        if known is not None:
            return known, end, b""
        known = self._known.get(rest[: KEY.start])
        if known is not None:
            return known, end, rest[KEY]
        header, raw, _ = split(state)
        if msgspec.json.encode(header) != raw[2:] or len(header.id) != ID.stop - ID.start:
            raise ValueError("a header of another form")
        self._known[rest[: KEY.start] if header.key else rest] = header
        return header, end, header.key.encode()


def _newest(topic: str, inside: bytes) -> tuple[str, bytes]:
    """The event's name, and its inside as the newest version would say it."""
    said = msgspec.json.decode(inside)
    try:
        data = upcast(topic, said["data"])
    except HubError:
        raise
    except Exception as error:  # noqa: BLE001 - an upcaster fails on what it never thought of, and may quote it
        raise ValueError(f"{type(error).__name__} in its upcaster") from None
    return split_topic(topic)[0], msgspec.json.encode({**said, "data": data})
