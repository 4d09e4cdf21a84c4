"""A folder that is watched: a file appears, is sealed and sent, and lies in `archive` with its receipt.

    folder/            a partner's files, as they are written
    folder/sealed/     whose delivery is on its way
    folder/archive/    received, each with <name>.receipt.json
    folder/refused/    that no delivery could be made of, or that the hub put aside, each with <name>.rule.txt

What lies here is the partner's own: it never leaves the folder.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.cli.beside import Task
from hub.cli.outbox import Entry, digest_of
from hub.cli.shipping import Way, seal
from hub.errors import Reject, Retry
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
    while True:
        begun = time.monotonic()
        totals["sealed"] += _seal_all(way, folder, task_of, totals)
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


def _seal_all(way: Way, folder: Path, task_of: Callable[[Path], Task], totals: dict[str, int]) -> int:
    sealed = 0
    for path in sorted(folder.iterdir()):
        if not _is_ready(path):
            continue
        try:
            # A file that was sealed before this process was killed is not sealed again.
            if way.outbox.known(digest_of(path)) is None:
                seal(way.outbox, task_of(path), way.echo)
                sealed += 1
        except Retry as error:
            way.echo(f"{error}; {path.name} waits")
        except Reject as error:
            way.echo(f"refused: {error}")
            totals["refused"] += 1
            _aside(path, folder / "refused", str(error))
        else:
            _move(path, folder / "sealed")
    return sealed


def _is_ready(path: Path) -> bool:
    try:
        said = path.stat()
    except FileNotFoundError:
        return False
    hidden = path.name.startswith((".", "~")) or path.suffix.lower() in DRAFTS
    return path.is_file() and not hidden and abs(time.time() - said.st_mtime) >= STILL


def _archive(way: Way, folder: Path) -> None:
    waiting = {digest_of(path): path for path in (folder / "sealed").iterdir() if path.is_file()}
    if not waiting:
        return
    for entry in way.outbox.entries():
        path = waiting.get(entry.origin.digest) if entry.origin else None
        if path is not None and path.exists():
            _ended(entry, path, folder)


def _ended(entry: Entry, path: Path, folder: Path) -> None:
    if entry.state == "received" and entry.receipt is not None:
        kept = _move(path, folder / "archive")
        kept.with_name(f"{kept.name}.receipt.json").write_bytes(pack(entry.receipt))
    elif entry.state == "refused":
        _aside(path, folder / "refused", f"the hub refused it by the rule {entry.rule}")


def _aside(path: Path, folder: Path, why: str) -> None:
    kept = _move(path, folder)
    kept.with_name(f"{kept.name}.rule.txt").write_text(f"{why}\n", "utf-8")


def _move(path: Path, folder: Path) -> Path:
    """Into a folder, beside those of the same name."""
    kept = folder / path.name
    number = 1
    while kept.exists():
        number += 1
        kept = folder / f"{path.stem}-{number}{path.suffix}"
    return path.rename(kept)
