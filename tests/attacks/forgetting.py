"""Whoever is forgotten, sought by all means: in every byte on the disk, by a backfill, and in backups put back."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hub.cli.installation import Installation, installation
from hub.database import look_up
from hub.settings import Settings
from hub.vault.tables import subjects
from tests.attacks.attack import Attack, Outcome
from tests.forgetting import forget, put_back, readable
from tests.pipe import Pipe, Row, row

PERSONS, SHARE, REQUEST = 10_000, 10, 50
"""One in ten is forgotten, at most so many in one request."""
WORD = 8
LOG, VAULT = "log.sqlite", "vault.sqlite"
RESTORES = ((VAULT,), (VAULT, LOG), (VAULT, "erasures"))
"""What is put back: the vault; log and vault; the vault, and the folder outside is lost too."""


class Hers(NamedTuple):
    """What leads to one person: her subject, her row's token, and her data key, wrapped and plain."""

    subject: str
    traces: tuple[bytes, ...]


def _run(folder: Path, scale: float) -> Outcome:
    """One in ten of so many persons is forgotten, half before the last backup and half after it."""
    rows = [row(n, case=f"C{n}") for n in range(max(60, round(PERSONS * scale)))]
    victims = [each["case"] for each in rows[::SHARE]]
    settings, backups = Settings(folder / "home"), []
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.take(rows[: len(rows) // 2])
    backups.append(backup(settings, folder / "first"))
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.take(rows, complete=True)
        pipe.project()
        hers = known(hub, victims)
        seen = _found(hub, hers)
    backups.append(backup(settings, folder / "second"))
    for number, some in enumerate((victims[: len(victims) // 2], victims[len(victims) // 2 :])):
        with installation(settings) as hub:
            pipe = Pipe(hub, folder)
            for at in range(0, len(some), REQUEST):
                forget(pipe, some[at : at + REQUEST])
            pipe.project()
        if number == 0:
            backups.append(backup(settings, folder / "third"))
    tries, found = 0, 0
    for restore in ((), *((backup, names) for backup in backups for names in RESTORES)):
        home = copied(settings.home, folder / "tried", *restore)
        tries += len(victims)
        found += _sought(Settings(home), folder, rows, hers)
        shutil.rmtree(home)
    return Outcome(tries, found, seen)


def _sought(settings: Settings, folder: Path, rows: Sequence[Row], hers: Sequence[Hers]) -> int:
    """How many of them are found: as it is, and again when the partner has sent everything once more."""
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.project(rebuild=True)
        found = _found(hub, hers)
        pipe.take(rows, complete=True, confirmed=True)
        pipe.project()
        return found + _found(hub, hers)


def known(hub: Installation, names: Sequence[str]) -> list[Hers]:
    """What the vault has of these persons."""
    tokens = hub.vault.keys.subject_rows("PT")(hub.tokens("pt-test", "PT").persons("local", names))
    with hub.vault.database.reading() as connection:
        found = look_up(connection, subjects, subjects.c.token, tokens)
    keys = hub.vault.open_keys([each[0] for each in found])
    return [
        Hers(subject.hex(), (token, subject, subject.hex().encode(), wrapped[-32:], keys[key]))
        for key, token, _, subject, wrapped in found
    ]


def _found(hub: Installation, hers: Sequence[Hers]) -> int:
    """Of how many something can be read: in the log, in the warehouse, or in any byte of any file but the keys."""
    said = readable(hub).keys() | {subject for (subject,) in Pipe(hub, hub.settings.home).current(columns="subject")}
    there = left(hub.settings.home, [trace for each in hers for trace in each.traces])
    return sum(each.subject in said or not there.isdisjoint(each.traces) for each in hers)


def left(home: Path, traces: Sequence[bytes]) -> set[bytes]:
    """Which of these stand somewhere in a file."""
    by_word = {int.from_bytes(trace[:WORD], "little"): trace for trace in traces}
    words = np.array(sorted(by_word), np.uint64)
    return {
        by_word[word]
        for path in home.rglob("*")
        if path.is_file() and "keys" not in path.parts
        for word, at, content in _words(path.read_bytes(), words)
        if content.startswith(by_word[word], at)
    }


def _words(content: bytes, words: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> Iterator[tuple[int, int, bytes]]:
    """Places at which one of the words begins."""
    for offset in range(min(WORD, len(content) - WORD + 1)):
        there = np.frombuffer(content, "<u8", (len(content) - offset) // WORD, offset)
        for at in np.flatnonzero(np.isin(there, words)).tolist():
            yield int(there[at]), offset + at * WORD, content


def backup(settings: Settings, folder: Path) -> Path:
    shutil.copytree(settings.home, folder)
    return folder


def copied(home: Path, into: Path, kept: Path | None = None, names: Sequence[str] = ()) -> Path:
    """A copy of the installation, with some of its files as they once were."""
    shutil.copytree(home, into)
    for name in names if kept else ():
        put_back(into, kept, name)
    if LOG in names:
        (into / "checkpoint").unlink()  # by an operator who knows what is lost
    return into


FORGOTTEN = Attack("persons forgotten, backups put back, everything sent again", "before they were forgotten", _run)
