"""Many files in a child with bounded time and memory: which of them crash it, hang it, or tell a value."""

import multiprocessing
import os
import random
import resource
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.inputs import careless
from tests.inputs.bombs import BOMBS
from tests.inputs.damage import damaged
from tests.inputs.readers import READERS, Reader, told

SECONDS = 60.0
"""A file that takes more of a processor hangs: the largest takes half of it."""
WAITS = 10.0
"""So many times as long may a file take by the clock, where others work on the machine too."""
STEP = 1.0
"""Seconds between two looks at a child that works."""
START = 900.0
"""A child that is not ready by then is a fault of the machine's, not of a file."""
MEMORY = 1 << 30
"""Bytes that a reader may take beside what its process has before: no file that is tried has a tenth of it."""
ALL: dict[str, Reader] = {reader.name: reader for reader in (*READERS, *careless.BY_KIND.values(), careless.ROGUE)}


@dataclass
class Tried:
    """What became of the files of one reader. `first`: what the first bad ones were, and how they ended."""

    tries: int = 0
    crashed: int = 0
    hung: int = 0
    leaked: int = 0
    refused: int = 0
    first: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """Files that must not have ended so."""
        return self.crashed + self.hung + self.leaked

    def add(self, case: str, ended: str) -> None:
        """One file more."""
        self.tries += 1
        if ended in ("read", "refused"):
            self.refused += ended == "refused"
            return
        kind = ended.partition(":")[0]
        self.crashed += kind == "crashed"
        self.hung += kind == "hung"
        self.leaked += kind == "told"
        if len(self.first) < 5:
            self.first.append(f"{case}: {ended}")


def damage(reader: Reader, seeds: Iterable[int]) -> Tried:
    """One damaged file a seed."""
    return _try(reader, [("seed", seed) for seed in seeds])


def bombs(reader: Reader) -> Tried:
    """Every bomb of the reader's kind."""
    return _try(reader, [("bomb", name) for name in BOMBS.get(reader.kind, {})])


def _try(reader: Reader, cases: list[tuple[str, Any]]) -> Tried:
    """Each case in a child; one that dies or hangs is replaced for the next case."""
    tried, at = Tried(), 0
    while at < len(cases):
        for ended in _child(reader.name, cases[at:]):
            tried.add(f"{cases[at][0]} {cases[at][1]}", ended)
            at += 1
    return tried


def _child(reader: str, cases: list[tuple[str, Any]]) -> Iterator[str]:
    """How each case ended, as far as one child comes: the last is that which ended it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(reader, cases, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(START) or ours.recv() != "ready":
            raise RuntimeError("the child did not start")
        for _ in cases:
            try:
                if not ours.poll(START) or ours.recv() != "made":
                    raise RuntimeError("the file was not made")
                if not _answers(ours, process.pid):
                    yield "hung: no answer"
                    return
                yield ours.recv()
            except EOFError:
                process.join()
                yield f"crashed: the process ended with {process.exitcode}"
                return
    finally:
        process.kill()
        process.join()
        ours.close()


def _answers(pipe: Connection, pid: int | None) -> bool:
    """Whether an answer comes before the child has worked for too long, or waited for anything."""
    began, until = _worked(pid), perf_counter() + SECONDS * WAITS
    while not pipe.poll(STEP):
        if _worked(pid) - began > SECONDS or perf_counter() > until:
            return pipe.poll()
    return True


def _worked(pid: int | None) -> float:
    """Seconds of a processor that a process has taken, for itself and for the system."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0  # it has ended, and the pipe says so
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _work(name: str, cases: list[tuple[str, Any]], pipe: Connection) -> None:
    reader = ALL[name]
    samples = reader.samples()
    reader.read(samples[0])  # what is loaded on first use is no file's fault
    with open("/proc/self/statm", encoding="ascii") as file:
        has = int(file.read().split()[0]) * resource.getpagesize()
    pipe.send("ready")
    for kind, which in cases:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        data = BOMBS[reader.kind][which]() if kind == "bomb" else _sample(samples, which)
        resource.setrlimit(resource.RLIMIT_AS, (has + len(data) + MEMORY, resource.RLIM_INFINITY))
        pipe.send("made")
        pipe.send(ended(reader, data))


def _sample(samples: list[bytes], seed: int) -> bytes:
    rng = random.Random(seed)
    return damaged(rng, rng.choice(samples))


def ended(reader: Reader, data: bytes) -> str:
    """`read`, `refused`, `told`, or `crashed` with the kind of the error and its place."""
    try:
        said = reader.read(data)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the finding
        return _crash(error)
    if told(reader, said):
        return f"told: {next(each for each in said if told(reader, [each]))[:200]}"
    return "refused" if said else "read"


def _crash(error: BaseException) -> str:
    traced, place = error.__traceback__, ""
    while traced:
        place = f"{traced.tb_frame.f_code.co_filename.rpartition('/')[2]}:{traced.tb_lineno}"
        traced = traced.tb_next
    return f"crashed: {type(error).__name__} at {place}"
