"""A folder that is watched: a file appears, is sealed and sent, and lies in `archive` with its receipt.

    folder/            a partner's files, as they are written
    folder/sealed/     taken, and whose delivery is on its way
    folder/archive/    received, each with <name>.receipt.json
    folder/refused/    that no delivery could be made of, or that the hub put aside, each with <name>.rule.txt

What lies here is the partner's own: it never leaves the folder.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hub.cli.beside import Task
from hub.cli.outbox import Entry, digest_of, write_whole
from hub.cli.shipping import Way, seal
from hub.errors import Reject, Retry, Stop
from hub.events.wire import pack

STILL = 2.0
"""Seconds for which a file must not have changed: what is being written is left alone. One from the future has not:
the clock was set back."""
DRAFTS = (".part", ".tmp", ".crdownload", ".filepart")
FOLDERS = ("sealed", "archive", "refused")


def watch(
    way: Way, folder: Path, task_of: Callable[[Path], Task], *, every: float, stopping: Callable[[], bool]
) -> dict[str, Any]:
    """Look, seal, send and archive until stopped. A broker that is away is waited for; files are sealed meanwhile."""
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    totals = {"sealed": 0, "sent": 0, "received": 0, "refused": 0}
    with _alone(folder):
        while True:
            begun = time.monotonic()
            _archive(way, folder)  # what ended before this process was killed
            _claim_all(way, folder)
            _seal_all(way, folder, task_of, totals)
            try:
                for name, count in way.go().items():
                    if name in totals:
                        totals[name] += count
            except Retry as error:
                way.echo(f"{error}; what is sealed waits")
            _archive(way, folder)
            if stopping():
                return totals
            while not stopping() and time.monotonic() - begun < every:
                time.sleep(min(0.2, every))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two would seal one file twice. The lock ends with the process, however that ends."""
    with (folder / ".watched").open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop("another process watches this folder") from None
        yield


def _claim_all(way: Way, folder: Path) -> None:
    """Into `sealed`, before anything is read: under a name that no file had before, so that it is known again.

    Whatever comes under an old name, with old content too, is a new delivery: it may take a correction back.
    """
    for path in sorted(path for path in folder.iterdir() if _is_ready(path)):
        _move(path, folder / "sealed", lambda name: way.outbox.has_named(name) or (folder / "archive" / name).exists())


def _seal_all(way: Way, folder: Path, task_of: Callable[[Path], Task], totals: dict[str, int]) -> None:
    """Whatever is claimed and of which no delivery is whole."""
    for path in sorted((folder / "sealed").iterdir()):
        try:
            if not path.is_file() or way.outbox.known(path.name, digest_of(path)) is not None:
                continue
            seal(way.outbox, task_of(path), way.echo)
            totals["sealed"] += 1
        except Retry as error:
            way.echo(f"{error}; once more at the next look")
        except Reject as error:
            if path.exists():
                way.echo(f"refused: {error}")
                totals["refused"] += 1
                _aside(path, folder / "refused", str(error))


def _is_ready(path: Path) -> bool:
    try:
        said = path.stat()
    except FileNotFoundError:
        return False
    hidden = path.name.startswith((".", "~")) or path.suffix.lower() in DRAFTS
    return path.is_file() and not hidden and abs(time.time() - said.st_mtime) >= STILL


def _archive(way: Way, folder: Path) -> None:
    for path in sorted(path for path in (folder / "sealed").iterdir() if path.is_file()):
        delivery = way.outbox.known(path.name, digest_of(path))
        if delivery is not None and (state := way.outbox.state(delivery)):
            _ended(way.outbox.entry(delivery, state), path, folder)


def _ended(entry: Entry, path: Path, folder: Path) -> None:
    if entry.state == "received" and entry.receipt is not None:
        receipt = f"{_free(path, folder / 'archive').name}.receipt.json"
        write_whole(folder / "archive" / receipt, pack(entry.receipt))
        _move(path, folder / "archive")
    elif entry.state == "refused":
        _aside(path, folder / "refused", f"the hub refused it by the rule {entry.rule}")


def _aside(path: Path, folder: Path, why: str) -> None:
    """First why, then the file: one without the other is a file that is still to be put aside."""
    write_whole(folder / f"{_free(path, folder).name}.rule.txt", f"{why}\n".encode())
    _move(path, folder)


def _move(path: Path, folder: Path, taken: Callable[[str], bool] = lambda _name: False) -> None:
    """Into a folder, beside those of the same name. One that vanished meanwhile is its owner's own affair."""
    with suppress(FileNotFoundError):
        path.rename(_free(path, folder, taken))


def _free(path: Path, folder: Path, taken: Callable[[str], bool] = lambda _name: False) -> Path:
    """Where a file goes: its own name, or one with a number where that is taken."""
    kept = folder / path.name
    number = 1
    while kept.exists() or taken(kept.name):
        number += 1
        kept = folder / f"{path.stem}-{number}{path.suffix}"
    return kept
