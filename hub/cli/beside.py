"""The edge in a process of its own: it reads and seals while the receiver opens, compares and appends."""

import gc
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.adapters import find
from hub.adapters.base import Rejected
from hub.cli.guarded import guard, kind_and_place
from hub.edge.deliver import Sender, deliver
from hub.edge.epochs import Keys
from hub.edge.epochs import source as source_of
from hub.edge.seal import Readers
from hub.errors import HubError, Reject, Retry, Stop
from hub.events.wire import Chunk, Delivery, End

Echo = Callable[[str], None]
PATIENCE = 5.0
"""Seconds that the edge's process has for its end."""


class Task(NamedTuple):
    """What an edge is asked to deliver. It crosses a process, so it holds names and bytes, no open things."""

    path: Path
    adapter: str
    sender: Sender
    keys: Keys
    readers: tuple[bytes, bytes, bytes]
    complete: bool
    confirmed: bool
    periods: tuple[str, ...]


@contextmanager
def delivered(task: Task, echo: Echo) -> Iterator[Delivery]:
    """The delivery of a file, made in this process as its parts are asked for."""
    with task.path.open("rb") as source:
        yield deliver(
            find(task.adapter),
            source,
            task.sender,
            tokens=source_of(task.keys, partner=task.sender.partner, country=task.sender.country),
            readers=Readers(*(X25519PublicKey.from_public_bytes(key) for key in task.readers)),
            complete=task.complete,
            confirmed=task.confirmed,
            periods=task.periods,
            echo=echo,
        )


@contextmanager
def delivered_beside(task: Task, echo: Echo) -> Iterator[Delivery]:
    """The same, made in a process of its own. Its errors are raised here, where its parts are asked for."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_edge, args=(task, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Delivery(_next(ours, echo), _parts(ours, echo))
    finally:
        ours.close()
        process.join(timeout=PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()


def _parts(pipe: Connection, echo: Echo) -> Iterator[Chunk | End]:
    while True:
        part = _next(pipe, echo)
        yield part
        if isinstance(part, End):
            return


def _next(pipe: Connection, echo: Echo) -> Any:
    """What the edge sends next, its progress told on the way. Raises what the edge raised."""
    try:
        while True:
            kind, said = pipe.recv()
            if kind == "error":
                raise said
            if kind != "progress":
                return said
            echo(said)
    except EOFError:
        raise Retry("the edge's process ended before its delivery did") from None


def _edge(task: Task, pipe: Connection) -> None:
    guard()
    gc.disable()
    try:
        with delivered(task, lambda line: pipe.send(("progress", line))) as delivery:
            pipe.send(("header", delivery.header))
            for part in delivery.parts:
                pipe.send(("part", part))
    except BrokenPipeError:
        return  # the receiver gave up; it says why
    except Rejected as rejected:
        pipe.send(("error", not_a_file_of(task, rejected)))
    except HubError as error:
        pipe.send(("error", error))
    except OSError as error:
        pipe.send(("error", Reject(f"{task.path.name} cannot be read: {error.strerror}")))
    except Exception as error:  # noqa: BLE001 - its message may quote what was read
        pipe.send(
            ("error", Stop(f"the edge failed: unexpected {kind_and_place(type(error).__name__, error.__traceback__)}"))
        )


def not_a_file_of(task: Task, rejected: Rejected) -> Reject:
    """The file as a whole is none that the adapter reads."""
    return Reject(f"{task.path.name} is not a file of {Path(task.adapter).stem}: {rejected}")
