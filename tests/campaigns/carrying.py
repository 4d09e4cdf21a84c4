"""Deliveries by a broker while everything on their way is killed, cut or filled: in the end each is in the log once.

A run has an edge that watches a folder, one receiver or two, and some disturbances at moments drawn by chance. It ends
when all that was dropped is in the edge's archive with its proven receipt, and is held against the same files by a
folder, undisturbed.
"""

import os
import random
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

import hub.log.own
import hub.log.receive
import hub.transport.kafka_reader
from hub.cli.edge import Edge, public_of, read_public
from hub.cli.ingest import drain
from hub.cli.installation import installation
from hub.cli.interrupted import until_interrupted
from hub.cli.outbox import Outbox
from hub.cli.shipping import Way, _events
from hub.cli.streaming import follow
from hub.cli.tasks import make_task, push
from hub.cli.watching import watch
from hub.events.cloudevent import CloudEvent
from hub.events.frames import framed
from hub.log import sources
from hub.log.deliveries import is_known, receipts
from hub.settings import Settings
from hub.transport import files, topics
from hub.transport.arrivals import SEALED
from hub.transport.kafka import Cluster, make_topics, messages, sending
from tests.broker import Brokers, brokers
from tests.campaigns.forked import Running, forked
from tests.campaigns.look import Left, look_at_log
from tests.campaigns.loopback import GONE, OPEN, SILENT, SLOW, TORN, Proxy
from tests.pipe import MAPPING, databases, drop_databases, new_settings, quiet, row, write_mapping, write_table

TABLES = (range(0, 400), range(300, 700), range(700, 6_700), range(6_700, 6_720))
"""Records of each file. Some stand in two, in the same words: whichever comes first states them."""
DAMAGED = 3
PATIENCE = 150.0
"""Seconds after the last disturbance in which all must have arrived: more than kafka-python waits for a dead line."""
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
        work = _edge if who == "edge" else _receiver
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


def _edge(run: Run) -> None:
    mapping = str(run.folder / "mapping.yaml")
    with until_interrupted() as stopping:
        way = run.way()

        def task(path: Path) -> Any:
            return make_task(way.edge, path, mapping, run.partner, complete=False, confirmed=False, periods=())

        watch(way, run.watched, task, every=EVERY, stopping=stopping)


def _receiver(run: Run) -> None:
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


# What is done to a run.


def _edge_killed(run: Run) -> None:
    run.kill("edge")
    run.begin("edge")


def _receiver_killed(run: Run) -> None:
    run.kill("receiver")
    run.wrong.extend(_beyond(run))
    run.begin("receiver")


def _second_receiver(run: Run) -> None:
    """Another one comes; or goes, in an orderly way or not."""
    if "second" not in run.working:
        run.begin("second")
    elif run.rng.random() < 0.5:
        run.kill("second")
    else:
        run.end("second")


def _broker_killed(run: Run) -> None:
    node = run.rng.choice(run.field.brokers.nodes)
    node.end(run.rng.choice((signal.SIGKILL, signal.SIGTERM)))
    time.sleep(run.rng.uniform(0, 2))
    node.start()


def _disk_full(run: Run) -> None:
    """The broker cannot write; its disk is then emptied, and it is started again if it gave up."""
    assert run.field.disk is not None
    filler, node = run.field.disk.parent / "data" / "filler", run.field.brokers.nodes[0]
    with filler.open("wb") as file, suppress(OSError):
        left = shutil.disk_usage(run.field.disk).free
        os.posix_fallocate(file.fileno(), 0, max(1, left - 4096))
    time.sleep(run.rng.uniform(1, 4))
    filler.unlink()
    node.end(signal.SIGKILL)
    node.start()


def _network(mode: int) -> Callable[[Run], None]:
    def cut(run: Run) -> None:
        doors = run.rng.sample(run.field.doors, run.rng.randint(1, len(run.field.doors)))
        for door in doors:
            door.be(mode)
        time.sleep(run.rng.uniform(0.3, 3))
        for door in doors:
            door.be(OPEN)

    return cut


def _frames_again(run: Run) -> None:
    """A delivery's frames once more, some twice, in any order."""
    if not (there := run.sealed()):
        return
    path, seed = run.rng.choice(there), run.rng.random()

    def put() -> None:
        way = run.way()
        readers = way.edge.readers(run.partner)
        with files.opened(path) as opened:
            made = list(_events(run.partner, path.stem, framed(opened, readers.partner, readers.hub)))
        rng = random.Random(seed)
        _put(run, [(path.stem, each) for each in rng.sample([*made, *made], 2 * len(made))])

    forked(put)  # the edge may have its answer by then, and the file is gone


def _poison(run: Run) -> None:
    """Messages that no edge sends."""
    key, noise = secrets.token_hex(16), os.urandom(SEALED)
    number = (("sequence", "0"),)
    bad = [
        (key, CloudEvent("1", "/x", "com.example.other", b"hello")),
        ("not a delivery", CloudEvent("2", "/x", topics.LAST_FRAME, noise, extensions=number)),
        (key, CloudEvent("3", "/x", topics.LAST_FRAME, noise, extensions=number)),
        (secrets.token_hex(16), CloudEvent("4", "/x", topics.FRAME, noise[:99], extensions=number)),
    ]
    forked(lambda: _put(run, bad))


def _by_folder_too(run: Run) -> None:
    """A delivery that is on its way by the broker comes by the inbox, at once."""
    inbox = run.settings.deliveries_dir / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for path in run.sealed()[:2]:
        with suppress(FileNotFoundError):  # it has its answer by now
            shutil.copyfile(path, inbox / f".{path.name}")
            (inbox / f".{path.name}").rename(inbox / path.name)
    ended = forked(lambda: _drain(run.settings))
    if ended.code:
        run.wrong.append(f"the inbox ended with {ended.code}: {ended.answer}")


def _drain(settings: Settings) -> None:
    with installation(settings) as opened:
        drain(opened, quiet)


def _put(run: Run, keyed: list[tuple[str, CloudEvent]]) -> None:
    direct = run.field.brokers.cluster
    with sending(direct._replace(servers=run.field.cluster.servers)) as send:
        for key, event in keyed:
            send(topics.deliveries(run.partner), key, [event])


DONE: dict[str, Callable[[Run], None]] = {
    "edge killed": _edge_killed,
    "receiver killed": _receiver_killed,
    "second receiver": _second_receiver,
    "broker killed": _broker_killed,
    "disk full": _disk_full,
    "slow": _network(SLOW),
    "half-open": _network(SILENT),
    "torn": _network(TORN),
    "cut": _network(GONE),
    "frames again": _frames_again,
    "poison": _poison,
    "by folder too": _by_folder_too,
}


def carried(field: Field, folder: Path, engine: str, rng: random.Random, only: tuple[str, ...] = ()) -> list[str]:
    """One run, with some disturbances, or just those; what is wrong in its end."""
    settings, control = (new_settings(folder / name, engine) for name in ("hub", "control"))
    run = Run(field, folder, settings, control, f"pt-{secrets.token_hex(5)}", {}, [], rng)
    possible = [name for name in DONE if name != "disk full" or field.disk is not None]
    chosen = only or tuple(rng.choices(possible, k=rng.randint(3, 6)))
    try:
        if (made := forked(lambda: _make(run))).code:
            return [f"not made: {made.answer}"]
        for who in ("edge", "receiver"):
            run.begin(who)
        for name in chosen:
            time.sleep(rng.uniform(0, 1.2))
            DONE[name](run)
        run.wrong.extend(_settled(run))
    finally:
        for who in list(run.working):
            run.end(who)
    ended = forked(lambda: _compared(run))
    wrong = run.wrong + (ended.answer if ended.code == 0 else [f"looked at with {ended.code}: {ended.answer}"])
    forked(lambda: _removed(run))
    drop_databases([*databases(settings), *databases(control)])
    shutil.rmtree(folder, ignore_errors=True)
    return [f"{', '.join(chosen)}: {each}" for each in wrong]


def _make(run: Run) -> None:
    names = [topics.deliveries(run.partner), topics.receipts(run.partner), topics.DEAD_LETTERS]
    make_topics(run.field.cluster, names, copies=len(run.field.doors))
    run.watched.mkdir(parents=True)
    write_mapping(run.folder, MAPPING.replace("pt-test", run.partner))
    (run.folder / "edge").mkdir()
    with installation(run.settings) as opened:
        (run.folder / "edge" / "hub.public").write_bytes(public_of(opened))
    long_ago = time.time() - 3600
    for number, table in enumerate(_tables(run.watched)):
        os.utime(table, (long_ago + number, long_ago + number))


def _tables(folder: Path) -> list[Path]:
    bad = [row(10_000 + number, age="many") for number in range(DAMAGED)]
    return [
        write_table(folder / f"{number}.csv", [*map(row, numbers), *(bad if number == 1 else ())])
        for number, numbers in enumerate(TABLES)
    ]


def _told_undisturbed(run: Run, order: list[str]) -> tuple[Left, list[str]]:
    """The same files, by a folder, in the order in which the log has them: each says how many records there are now."""
    folder, mapping = run.folder / "same", str(run.folder / "mapping.yaml")
    folder.mkdir()
    with installation(run.control) as opened:
        for table in sorted(_tables(folder), key=lambda each: order.index(each.name) if each.name in order else -1):
            task = make_task(opened, table, mapping, run.partner, complete=False, confirmed=False, periods=())
            push(task, opened.settings.deliveries_dir / "inbox", quiet)
            drain(opened, quiet)
        return look_at_log(opened)


def _settled(run: Run) -> list[str]:
    """Wait until every file is in the archive; what is missing when it takes too long."""
    end = time.monotonic() + PATIENCE
    archive = run.watched / "archive"
    while len(list(archive.glob("*.csv"))) < len(TABLES) or len(list(archive.glob("*.json"))) < len(TABLES):
        for who in [who for who, running in run.working.items() if running.ready(0)]:
            run.kill(who)
            run.begin(who)
        if time.monotonic() > end:
            there = {name: len(list((run.watched / name).glob("*"))) for name in ("sealed", "archive", "refused")}
            states = {state: len(list((run.outbox.folder / state).glob("*"))) for state in ("waiting", "sent")}
            return [f"not there after {PATIENCE:.0f} s: {there}, {states}"]
        time.sleep(0.1)
    return []


def _compared(run: Run) -> list[str]:
    entries = run.outbox.entries()
    names = {each.delivery: each.origin.file for each in entries if each.origin is not None}
    with installation(run.settings) as opened:
        left, wrong = look_at_log(opened)
        order = [names.get(proven.receipt.delivery, "") for _, proven in receipts(opened.store)]
    control, found = _told_undisturbed(run, order)
    wrong += found + [f"other {name} than undisturbed" for name in left if left[name] != control[name]]
    wrong += [f"a delivery is {each.state}" for each in entries if each.state != "received" or each.receipt is None]
    rows = sum(each.receipt.receipt.received for each in entries if each.receipt is not None)
    if len(entries) != len(TABLES) or rows != sum(map(len, TABLES)) + DAMAGED:
        wrong.append(f"{len(entries)} deliveries with {rows} rows have receipts")
    return wrong + _further(run)


def _beyond(run: Run) -> list[str]:
    """Whether the log says of a place that it was read further than it has: looked at while nobody receives."""
    if "second" in run.working:
        return []
    ended = forked(lambda: _further(run))
    return ended.answer if ended.code == 0 else []  # where the broker is away, it is not looked at


def _further(run: Run) -> list[str]:
    ours = {path.stem for path in (run.outbox.folder / "origins").glob("*.json")}
    topic = topics.deliveries(run.partner)
    with installation(run.settings) as opened:
        after = sources.where(opened.store, topic, 0) or 0
        before = {each.key for each in messages(run.field.cluster, topic, 1.0) if each.offset < after} & ours
        missing = [each for each in before if not is_known(opened.store, each, run.partner)]
    return ["the log says that it has what it has not"] if missing else []


def _removed(run: Run) -> None:
    import kafka

    admin = kafka.KafkaAdminClient(bootstrap_servers=list(run.field.cluster.servers))
    try:
        admin.delete_topics([topics.deliveries(run.partner), topics.receipts(run.partner)])
    finally:
        admin.close()
