"""The token keys that a partner holds: one file an epoch, two while it rotates. Which files there are is the state.

Records have a key of their own from the first rotation on, and keep it: it finds streams again, and holds those of
forgotten persons back. Under another key a backfill would bring everybody back, and state every record anew.
"""

import re
from collections.abc import Callable, Iterable
from operator import add
from pathlib import Path
from typing import NamedTuple

from hub import keyfiles
from hub.edge.tokens import PartnerTokens, TokenSource, records_key
from hub.errors import Reject, Stop
from hub.events.wire import NOBODY

RECORDS = "records"
NAME = re.compile(r"tokens(?:-([1-9][0-9]{0,3}))?")


class Keys(NamedTuple):
    """The key of records, where it stands alone, and those of persons by their epochs, the oldest first.

    With a `purpose` those of persons are the country's.
    """

    records: bytes | None
    persons: tuple[tuple[int, bytes], ...]
    purpose: str = ""


def name_of(epoch: int) -> str:
    """`tokens`, then `tokens-2`, `tokens-3` and so on: the file of an epoch's key below its partner's folder."""
    return "tokens" if epoch == 1 else f"tokens-{epoch}"


def epochs_in(folder: Path) -> list[int]:
    """The epochs whose keys a partner's folder holds, the oldest first."""
    try:
        found = [match for path in folder.iterdir() if (match := NAME.fullmatch(path.name))]
    except FileNotFoundError:
        return []
    return sorted(int(match[1] or 1) for match in found)


def held(folder: Path, key: Callable[[str], bytes]) -> Keys:
    """A partner's keys. `key` gives one by its file's name; the first is made on first use."""
    persons = shared(folder, key)
    alone = key(RECORDS) if persons[0][0] > 1 or (folder / RECORDS).exists() else None
    return Keys(alone, persons)


def shared(folder: Path, key: Callable[[str], bytes]) -> tuple[tuple[int, bytes], ...]:
    """The keys of persons in a folder by their epochs, the oldest first: all that a country's folder holds."""
    return tuple((epoch, key(name_of(epoch))) for epoch in epochs_in(folder) or [1])


def linking(own: Keys, national: tuple[tuple[int, bytes], ...], *, partner: str, country: str, purpose: str) -> Keys:
    """A partner's keys where persons are named by the country's: its records keep theirs."""
    records = own.records or records_key(own.persons[0][1], partner=partner, country=country)
    return Keys(records, national, purpose)


def rotate(folder: Path, *, partner: str, country: str) -> int:
    """Make the key of the next epoch: the window opens. Its number.

    Raises Reject while one is open, or where there is no key yet.
    """
    epochs = epochs_in(folder)
    if len(epochs) != 1:
        raise Reject(
            f"{partner} is rotating already: close the window first" if epochs else f"{partner} has no key yet"
        )
    first = folder / name_of(1)
    if first.exists() and not (folder / RECORDS).exists():
        made = records_key(keyfiles.secret(first, create=False), partner=partner, country=country)
        keyfiles.put(folder / RECORDS, made)
    keyfiles.secret(folder / RECORDS, create=False)
    keyfiles.secret(folder / name_of(epochs[0] + 1))
    return epochs[0] + 1


def rotate_national(folder: Path) -> int:
    """Make a country's key of the next epoch, which all of its partners need a copy of. Its number.

    Raises Reject while a window is open, or where there is no key yet.
    """
    epochs = epochs_in(folder)
    if len(epochs) != 1:
        raise Reject("it is rotating already: close the window first" if epochs else "there is no such key yet")
    keyfiles.secret(folder / name_of(epochs[0] + 1))
    return epochs[0] + 1


def destroy_old(folder: Path, *, national: bool = False) -> int | None:
    """Destroy the older of two keys, and its epoch. None where there is one alone."""
    epochs = epochs_in(folder)
    if len(epochs) < 2:
        return None
    if not national and not (folder / RECORDS).exists():
        raise Stop("the key of records is missing: without it all records would begin anew")
    keyfiles.destroy(folder / name_of(epochs[0]))
    return epochs[0]


def source(keys: Keys, *, partner: str, country: str, window: bool = True) -> TokenSource:
    """The tokens of a partner. Not in the `window`: of the oldest epoch alone, by which the vault finds everybody."""
    by_epoch = [
        PartnerTokens(key, partner=partner, country=country, epoch=epoch, records=keys.records, purpose=keys.purpose)
        for epoch, key in keys.persons[: 2 if window else 1]
    ]
    return BothTokens(*by_epoch) if len(by_epoch) == 2 else by_epoch[0]


class BothTokens:
    """Two tokens for each person, of this epoch and of the next, one after the other; one for each record."""

    def __init__(self, this: PartnerTokens, following: PartnerTokens) -> None:
        self._this, self._following = this, following
        self.epochs = this.epochs + following.epochs
        self.nobody = NOBODY + NOBODY
        self.links = this.links

    def records(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """The tokens of the partner's records: they do not rotate."""
        return self._this.records(kind, keys)

    def persons(self, scheme: str, names: Iterable[str]) -> list[bytes]:
        """Both tokens of each person."""
        names = list(names)
        return list(map(add, self._this.persons(scheme, names), self._following.persons(scheme, names)))

    def unknown_persons(self, kind: str, keys: Iterable[str]) -> list[bytes]:
        """Both tokens of persons known only by one record each."""
        keys = list(keys)
        return list(map(add, self._this.unknown_persons(kind, keys), self._following.unknown_persons(kind, keys)))
