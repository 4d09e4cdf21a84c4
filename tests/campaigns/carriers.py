"""Who is at work while deliveries go by a broker: the broker with its doors, an edge, receivers, each a process."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import hub.log.own
import hub.log.receive
import hub.transport.kafka_reader
from hub.cli.edge import Edge, read_public
from hub.cli.installation import installation
from hub.cli.interrupted import until_interrupted
from hub.cli.outbox import Outbox
from hub.cli.shipping import Way
from hub.cli.streaming import follow
from hub.cli.tasks import make_task
from hub.cli.watching import watch
from hub.settings import Settings
from hub.transport.kafka import Cluster
from tests.broker import Brokers, brokers
from tests.campaigns.forked import Running
from tests.campaigns.loopback import Proxy
from tests.pipe import quiet

ENDING = 60.0
"""Seconds in which a process ends that is asked to."""
SESSION, EVERY = 3_000, 0.3
SKEW = 100 * 24 * 3600
ROOM = 256
"""Megabytes of the broker's disk, where it can have one of its own."""


class Field(NamedTuple):
    """Brokers, and the doors through which clients come to them. `disk`: one that can be filled, if there is one."""

    brokers: Brokers
    doors: list[Proxy]
    disk: Path | None

    @property
    def cluster(self) -> Cluster:
        """As clients see it."""
        return Cluster(tuple(f"127.0.0.1:{door.port}" for door in self.doors), {})


@contextmanager
def a_field(count: int) -> Iterator[Field]:
    """So many brokers. One alone gets a disk of its own where we may mount one."""
    doors = [Proxy() for _ in range(count)]
    leading = iter(doors)
    more = {"file.delete.delay.ms": "1000", "log.segment.delete.delay.ms": "1000"}
    made = brokers(count, more, advertised=lambda port: next(leading).lead(port))
    disk = made.home / "1" / "data" if count == 1 else None
    if disk is not None:
        disk.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "tmpfs", str(disk)]
        if not shutil.which("mount") or subprocess.run(mounting, capture_output=True, check=False).returncode:
            disk = None
    try:
        yield Field(made.start(), doors, disk)
    finally:
        for node in made.nodes:
            node.end(signal.SIGKILL)
        if disk is not None:
            subprocess.run(["umount", "-l", str(disk)], check=False)
        made.close()
        for door in doors:
            door.close()


class Run(NamedTuple):
    """One run: its folder, the settings of the hub and of its control, the partner, and who is at work, by name."""

    field: Field
    folder: Path
    settings: Settings
    control: Settings
    partner: str
    working: dict[str, Running]
    wrong: list[str]
    rng: random.Random

    @property
    def watched(self) -> Path:
        return self.folder / "exports"

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.folder / "edge" / "outbox")

    def way(self) -> Way:
        """The edge's; to be asked for in a process of its own."""
        home = self.folder / "edge"
        public = read_public(home)
        assert public is not None
        return Way(Edge(Settings(home), public), self.outbox, self.field.cluster, {}, quiet)

    def begin(self, who: str) -> None:
        """Start the edge or a receiver, with a clock of its own."""
        skew = self.rng.choice((0, 0, -SKEW, SKEW))
        work = edge_at_work if who == "edge" else receiver_at_work
        self.working[who] = Running(lambda: (_skew(skew), work(self)))

    def kill(self, who: str) -> None:
        """Kill -9. One that had ended by itself is a failure: nothing that may pass ends it."""
        running = self.working.pop(who)
        if running.ready(0):
            ended = running.end()
            self.wrong.append(f"{who} ended by itself with {ended.code}: {ended.answer}")
        else:
            running.end(kill_after=0)

    def end(self, who: str) -> None:
        """Ask it to end: it does, in an orderly way."""
        running = self.working.pop(who)
        with suppress(ProcessLookupError):
            os.kill(running.process, signal.SIGTERM)
        if not running.ready(ENDING):
            self.wrong.append(f"{who} did not end in {ENDING:.0f} s")
        ended = running.end(kill_after=0)
        if ended.code:
            self.wrong.append(f"{who} ended with {ended.code}: {ended.answer}")

    def sealed(self) -> list[Path]:
        """What the edge has sealed and has no answer to, as files."""
        return [path for state in ("waiting", "sent") for path in (self.outbox.folder / state).glob("*.delivery")]


def edge_at_work(run: Run) -> None:
    mapping = str(run.folder / "mapping.yaml")
    with until_interrupted() as stopping:
        way = run.way()

        def task(path: Path) -> Any:
            return make_task(way.edge, path, mapping, run.partner, complete=False, confirmed=False, periods=())

        watch(way, run.watched, task, every=EVERY, stopping=stopping)


def receiver_at_work(run: Run) -> None:
    hub.transport.kafka_reader.SESSION = SESSION
    with until_interrupted() as stopping, installation(run.settings) as opened:
        follow(opened, run.field.cluster, stopping=stopping, echo=quiet, only=run.partner)


def _skew(seconds: float) -> None:
    """This process's clock goes wrong by so much."""
    here = time.time

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return (datetime.fromtimestamp(here(), UTC) + timedelta(seconds=seconds)).astimezone(tz)

    hub.log.receive.datetime = hub.log.own.datetime = Wrong
    time.time = lambda: here() + seconds
