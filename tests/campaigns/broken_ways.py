"""What may happen while deliveries go by a broker: each is done to a run, at a moment drawn by chance."""

import os
import random
import secrets
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from hub.cli.ingest import drain
from hub.cli.installation import installation
from hub.cli.shipping import _events
from hub.events.cloudevent import CloudEvent
from hub.events.frames import framed
from hub.log import sources
from hub.log.deliveries import is_known
from hub.settings import Settings
from hub.transport import files, topics
from hub.transport.arrivals import SEALED
from hub.transport.kafka import messages, sending
from tests.campaigns.carriers import Run
from tests.campaigns.forked import forked
from tests.campaigns.loopback import GONE, OPEN, SILENT, SLOW, TORN
from tests.pipe import quiet


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


def _beyond(run: Run) -> list[str]:
    """Whether the log says of a place that it was read further than it has: looked at while nobody receives."""
    if "second" in run.working:
        return []
    ended = forked(lambda: read_too_far(run))
    return ended.answer if ended.code == 0 else []  # where the broker is away, it is not looked at


def read_too_far(run: Run) -> list[str]:
    ours = {path.stem for path in (run.outbox.folder / "origins").glob("*.json")}
    topic = topics.deliveries(run.partner)
    with installation(run.settings) as opened:
        after = sources.where(opened.store, topic, 0) or 0
        before = {each.key for each in messages(run.field.cluster, topic, 1.0) if each.offset < after} & ours
        missing = [each for each in before if not is_known(opened.store, each, run.partner)]
    return ["the log says that it has what it has not"] if missing else []
