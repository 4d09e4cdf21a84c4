"""`hub receive --from kafka://…`: a receiver at a broker, once or for as long as deliveries come."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from hub.cli.installation import Installation
from hub.cli.interrupted import rest
from hub.cli.stream import Stream
from hub.errors import Retry, Stop
from hub.log import sources
from hub.projections.base import Echo
from hub.transport import topics
from hub.transport.arrivals import Arrivals
from hub.transport.kafka import Cluster, sending
from hub.transport.kafka_reader import Reader

STEP = 0.5
"""Seconds to wait for messages in one go."""
UNPLACED = 10.0
"""Seconds after which a receiver that was given nothing to read asks why."""
LATER = 300.0
"""Seconds after which a partner without a topic for its answers is tried again; the others get theirs."""
STEADY = 60.0
"""Seconds after which a broker that is lost again was there in between."""
Send = Callable[..., int]


def follow(
    hub: Installation,
    cluster: Cluster,
    *,
    stopping: Callable[[], bool],
    echo: Echo,
    once: bool = False,
    only: str = "",
) -> dict[str, Any]:
    """Receive until stopped; `once`: until nothing more comes. A broker that is away is waited for.

    `only`: of the partners whose names begin so, where others are another receiver's.
    """
    totals = {"deliveries": 0, "put_aside": 0}
    pause = 0.0
    while True:
        begun = time.monotonic()
        try:
            with ExitStack() as stack:
                stream = _begin(hub, cluster, stack, echo)
                reader = Reader(
                    cluster, topics.pattern(only), topics.group(only), stream.where, stream.lost, stream.gap
                )
                stack.callback(reader.close)
                stack.callback(partial(_count, stream, totals))
                _read(stream, reader, stopping, once=once)
        except Retry as error:
            if once:
                raise
            pause = 1.0 if time.monotonic() - begun > STEADY else min(max(1.0, 2 * pause), 60.0)
            echo(f"{error}; once more in {pause:.0f} s")
            rest(pause, stopping)
        if once or stopping():
            return {**totals, "waiting": len(sources.owed(hub.store))}


def _begin(hub: Installation, cluster: Cluster, stack: ExitStack, echo: Echo) -> Stream:
    send = stack.enter_context(sending(cluster))
    arrivals = stack.enter_context(Arrivals(hub.settings.deliveries_dir / "arriving"))
    stream = Stream(hub, send, arrivals, echo)
    stream.tell()
    return stream


def _read(stream: Stream, reader: Reader, stopping: Callable[[], bool], *, once: bool) -> None:
    idle = 0
    patience: float | None = time.monotonic() + UNPLACED
    while not stopping():
        found = reader.read(STEP)
        idle = 0 if found or not reader.placed else idle + 1
        if not reader.placed and patience is not None and time.monotonic() > patience:
            patience = None
            if once and reader.sees():
                break  # others have all of it
            if not reader.sees():
                _unseen(stream, once=once)
        if places := stream.take(found):
            reader.commit(places)
        if once and idle > 1:
            break


def _unseen(stream: Stream, *, once: bool) -> None:
    why = "no topic of deliveries is there that we may read: `hub topics` makes them (docs/kafka.md)"
    if once:
        raise Stop(why)
    stream.echo(f"{why}; waiting for one")


def _count(stream: Stream, totals: dict[str, int]) -> None:
    totals["deliveries"] += len(stream.received)
    totals["put_aside"] += stream.aside
