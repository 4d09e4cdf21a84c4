"""How much memory a piece of work needs at its height: this process, and all that it started. Linux only: /proc."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

PROC = Path("/proc")
EVERY = 0.05
"""Seconds between two looks at the other processes."""
RESET = "5"
"""Written to `clear_refs`, it sets a process's own high-water mark back to what it has now (proc(5))."""


class Memory:
    """Bytes, known when the block is over: `own` at the height, `all` with every process that was started."""

    own = all = 0


def resident(pid: int | str = "self", line: str = "VmRSS") -> int:
    """Bytes of a process in memory; 0 for one that is gone. `VmHWM`: the most there ever were."""
    try:
        for each in (PROC / str(pid) / "status").read_text().splitlines():
            if each.startswith(f"{line}:"):
                return int(each.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


@contextmanager
def watched_memory() -> Iterator[Memory]:
    """Watch a block. What others use is looked at twenty times a second; shared pages count once a process."""
    memory, over = Memory(), Event()
    with contextlib.suppress(OSError):
        (PROC / "self" / "clear_refs").write_text(RESET)
    watcher = Thread(target=_watch, args=(memory, over), daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        over.set()
        watcher.join()
        memory.own = resident(line="VmHWM")
        memory.all = max(memory.all, memory.own)


def _watch(memory: Memory, over: Event) -> None:
    while not over.wait(EVERY):
        memory.all = max(memory.all, resident() + sum(map(resident, _started(os.getpid()))))


def _started(pid: int) -> Iterator[int]:
    """The processes below a process."""
    with contextlib.suppress(OSError):
        for each in (PROC / str(pid) / "task").glob("*/children"):
            for child in map(int, each.read_text().split()):
                yield child
                yield from _started(child)
