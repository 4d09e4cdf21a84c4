"""Records whose time is over, sought by all means: in every byte on the disk, by a backfill, in backups put back."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hub.cli.installation import Installation, installation
from hub.log.sealed import split
from hub.settings import Settings
from tests.attacks.attack import Attack, Outcome
from tests.attacks.forgetting import LOG, VAULT, backup, copied, known, left
from tests.forgetting import readable
from tests.pipe import Pipe, Row, row
from tests.purging import contents, purge, take_in

RECORDS, LIVING, UNTIL = 20_000, 10, 2015
"""One in ten is spoken of again when its year is over; two records a person."""
RESTORES = ((LOG,), (VAULT,), (VAULT, LOG), (VAULT, "erasures"), ("purges",))
TAIL = 32


class Sought(NamedTuple):
    """What leads to the purged records: a piece of each event, and its stream; and the traces of persons who are gone,
    by their subjects."""

    events: dict[bytes, str]
    persons: dict[str, tuple[bytes, ...]]


def _run(folder: Path, scale: float) -> Outcome:
    """Records of two years, half of them purged, with a backup of before, in between and after."""
    number = max(80, round(RECORDS * scale))
    old, later = [row(n) for n in range(number // 2)], [row(n) for n in range(number // 2, number)]
    again = [row(n, age="77") for at in range(0, len(old), 2 * LIVING) for n in (at, at + 1)]
    settings, backups = Settings(folder / "home"), []
    with installation(settings) as hub:
        take_in(Pipe(hub, folder), 2014, old)
    backups.append(backup(settings, folder / "first"))
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        take_in(pipe, 2016, later)
        take_in(pipe, 2017, again)
        pipe.project()
        gone = {each["case"] for each in old} - {each["case"] for each in again}
        sought = _sought(hub, sorted(gone))
        seen = _found(hub, sought)
        settings.purges_path.mkdir()
    backups.append(backup(settings, folder / "second"))
    with installation(settings) as hub:
        purge(hub, UNTIL)
        Pipe(hub, folder).project()
    backups.append(backup(settings, folder / "third"))
    tries, found = 0, 0
    for restore in ((), *((kept, names) for kept in backups for names in RESTORES)):
        home = copied(settings.home, folder / "tried", *restore)
        tries += len(sought.events)
        found += _tried(Settings(home), folder, [*old, *later], sought)
        shutil.rmtree(home)
    return Outcome(tries, found, seen)


def _tried(settings: Settings, folder: Path, rows: Sequence[Row], sought: Sought) -> int:
    """How many are found: as it is, and again when the partner has sent everything once more."""
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.project(rebuild=True)
        found = _found(hub, sought)
        pipe.take(rows)
        pipe.project()
        return found + _found(hub, sought)


def _sought(hub: Installation, gone: Sequence[str]) -> Sought:
    """Before anything is purged: each event of which nothing was said later, and each person of no other."""
    hers = {each.subject: each.traces for each in known(hub, gone)}
    streams = {stream for subject in hers for stream in readable(hub)[subject]}
    end = hub.store.position()
    names = {each[0]: each[1] for each in hub.store.read(0, end, end) if each[1] in streams}
    events = {split(state)[2][-TAIL:]: names[at] for at, state in contents(hub).items() if at in names}
    return Sought(events, hers)


def _found(hub: Installation, sought: Sought) -> int:
    """Of how many events something is there: a byte on the disk, their person's traces, or a readable event."""
    there = left(hub.settings.home, [*sought.events, *(t for traces in sought.persons.values() for t in traces)])
    said = readable(hub)
    persons = sum(subject in said or not there.isdisjoint(traces) for subject, traces in sought.persons.items())
    open_streams = set().union(*said.values())
    return persons + sum(tail in there or stream in open_streams for tail, stream in sought.events.items())


PURGED = Attack("records purged, backups put back, everything sent again", "before they were purged", _run)
