"""By a broker: file, edge, topic, durable log, receipt; beside the same by a folder, and kafka-python alone with the
same bytes. `python -m benchmarks kafka`."""

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import kafka

import benchmarks.synthetic
from benchmarks.clock import Clock, Trial, race
from benchmarks.homes import PARTNER, SQLITE
from benchmarks.kafka_ends import (
    Ends,
    by_broker,
    by_folder,
    elsewhere,
    finish,
    from_broker,
    from_folder,
    new_ends,
    quiet,
    task_of,
    wait_until,
)
from benchmarks.memory import watched_memory
from benchmarks.report import Line, findings, show, wish, write
from benchmarks.synthetic import Source
from benchmarks.yardsticks import factor, yardsticks
from examples.generator import generate
from hub.cli.installation import installation
from hub.cli.shipping import seal, ship
from hub.cli.streaming import follow
from hub.events.frames import framed
from hub.transport import files, topics
from hub.transport.kafka import Cluster
from tests.broker import brokers, cluster
from tests.campaigns.forked import Running, forked
from tests.campaigns.loopback import SLOW, Proxy

PUBLISHED, YARD = 75_445, 50_000
DELIVERIES = 4
ENCODING = "cp1252"
BROKER, FOLDER, RAW = "file, edge, broker, durable log", "file, edge, folder, durable log", "plain: kafka-python"
SLOWLY = f"{BROKER}, answers as by default"
RATIO, RATE = 0.7, 60_000
DELAY = 2.0
"""Seconds within which 95 of 100 small deliveries are to have their receipt."""
SMALL = 5


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write build/kafka.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks kafka", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows, in four deliveries; default 200,000")
    parser.add_argument("--rounds", type=int, default=3, help="turns that each one has; default 3")
    parser.add_argument("--small", type=int, default=40, help="small deliveries whose delay is told; default 40")
    parser.add_argument("--memory", type=int, default=300_000, help="rows of one delivery whose memory is told")
    parser.add_argument("--slow", action="store_true", help="nothing but that memory, over a slow line")
    asked = parser.parse_args(arguments)
    if asked.slow:
        _slowly(asked.memory)
        return
    broker = cluster()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        tables = _tables(folder, asked.rows)
        trials: dict[str, Trial] = {
            **yardsticks(folder, (SQLITE,), YARD),
            FOLDER: partial(_whole, FOLDER, folder, broker, tables, by_folder, from_folder, 0.0),
            BROKER: partial(_whole, BROKER, folder, broker, tables, by_broker, from_broker, 0.0),
            SLOWLY: partial(_whole, SLOWLY, folder, broker, tables, by_broker, from_broker, 1.0),
            RAW: partial(_plainly, folder, broker, tables),
        }
        timed = race(trials, asked.rounds, print)
        lines = [
            Line(RAW),
            Line(FOLDER),
            Line(BROKER, FOLDER, RATIO),
            Line(BROKER, RAW),
            wish(BROKER, RATE),
            Line(SLOWLY, BROKER),
        ]
        found = findings(lines, timed, factor({name: each.rate for name, each in timed.items()}, SQLITE))
        show("by a broker", found)
        delays = [_delay(folder, broker, asked.small, every) for every in (1.0, 0.0)]
        for each in delays:
            print(
                f"delay of {each['deliveries']} small deliveries, answers every {each['every']:g} s: half within "
                f"{each['median']:.2f} s, 95 of 100 within {each['p95']:.2f} s (wish: {DELAY:g})"
            )
        memory = [_memory(folder, broker, rows) for rows in (asked.memory // 3, asked.memory)]
        for each in memory:
            _tell_memory(each)
    print(f"\nwritten: {write('kafka', {'lines': found, 'delays': delays, 'memory': memory})}")


def _slowly(rows: int) -> None:
    """What an edge and a hub hold of one large delivery while a piece of 64 KB takes 80 ms each way."""
    door = Proxy()
    slow = brokers(1, advertised=door.lead).start()
    door.be(SLOW)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            memory = _memory(Path(name), Cluster((f"127.0.0.1:{door.port}",), {}), rows)
    finally:
        slow.close()
        door.close()
    _tell_memory(memory)
    print(f"\nwritten: {write('kafka_slow', {'memory': [memory]})}")


def _tell_memory(found: dict[str, Any]) -> None:
    print(
        f"memory for {found['rows']:,} rows in {found['bytes'] / 1e6:,.0f} MB: "
        f"edge {found['edge'] / 1e6:,.0f} MB, hub {found['hub'] / 1e6:,.0f} MB"
    )


def _whole(
    section: str, folder: Path, broker: Cluster, tables: list[Path],
    send: Callable[[Ends, Path], None], receive: Callable[[Ends], None], every: float, clock: Clock,
) -> None:  # fmt: skip
    """Edge and receiver, a process each, until the log has all and says so."""
    rows = sum(map(_rows, tables[1:]))
    with new_ends(folder, broker, every) as ends:
        receiver = Running(partial(receive, ends))
        try:
            finish(Running(partial(send, ends, tables[0])))
            wait_until(receiver, lambda: ends.answered() == 1)  # both are at work
            with clock(section):
                edge = Running(lambda: [send(ends, table) for table in tables[1:]])
                wait_until(receiver, lambda: ends.answered() == len(tables))
            clock.count(section, rows)
            finish(edge)
        finally:
            receiver.end(kill_after=0)


def _plainly(folder: Path, broker: Cluster, tables: list[Path], clock: Clock) -> None:
    """The frames of the same deliveries, on the brokers' disks and read again by another process: nothing else."""
    with new_ends(folder, broker, 0.0) as ends:
        sealed: list[bytes] = []
        way = ends.way()
        readers = way.edge.readers(ends.partner)
        for table in tables[1:]:
            made = way.outbox.waiting / f"{seal(way.outbox, task_of(ends, way.edge, table), quiet)}.delivery"
            with files.opened(made) as delivery:
                sealed += [frame.sealed for frame in framed(delivery, readers.partner, readers.hub)]
        topic = topics.deliveries(ends.partner)
        with clock(RAW):
            reader = Running(partial(_consumed, broker, topic, len(sealed)))
            writer = Running(partial(_produced, broker, topic, sealed))
            finish(writer)
            finish(reader)
        clock.count(RAW, sum(map(_rows, tables[1:])))


def _produced(broker: Cluster, topic: str, values: list[bytes]) -> None:
    producer = kafka.KafkaProducer(bootstrap_servers=list(broker.servers), acks="all", enable_idempotence=True)
    waiting = [producer.send(topic, each) for each in values]
    for each in waiting:
        each.get(timeout=60)
    producer.close()


def _consumed(broker: Cluster, topic: str, count: int) -> None:
    consumer = kafka.KafkaConsumer(bootstrap_servers=list(broker.servers))
    place = kafka.TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek(place, 0)
    while count > 0:
        count -= sum(map(len, consumer.poll(timeout_ms=500).values()))
    consumer.close()


def _delay(folder: Path, broker: Cluster, count: int, every: float) -> dict[str, Any]:
    """From a small file to its proven receipt at the edge, in seconds."""
    table = folder / "small.csv"
    with new_ends(folder, broker, every) as ends:
        receiver = Running(partial(from_broker, ends))
        try:
            ended = forked(partial(_delays, ends, folder / "0.csv", table, count))
        finally:
            receiver.end(kill_after=0)
    if ended.code:
        raise RuntimeError(ended.answer)
    found = sorted(ended.answer)
    return {
        "deliveries": count,
        "every": every,
        "median": found[count // 2],
        "p95": found[min(count - 1, int(0.95 * count))],
    }


def _delays(ends: Ends, source: Path, table: Path, count: int) -> list[float]:
    header, *rows = source.read_text(ENCODING).splitlines()
    way, found = ends.way(), list[float]()
    for number in range(-1, count):  # the first one finds the receiver on its way
        begin = SMALL * (number + 1) % max(1, len(rows) - SMALL)
        table.write_text("\n".join([header, *rows[begin : begin + SMALL], ""]), ENCODING)
        begun = time.perf_counter()
        seal(way.outbox, task_of(ends, way.edge, table), quiet)
        if way.go(wait=60)["unanswered"]:
            raise AssertionError("a small delivery had no answer in a minute")
        found.append(time.perf_counter() - begun)
    return found[1:]


def _memory(folder: Path, broker: Cluster, rows: int) -> dict[str, Any]:
    """Bytes at the height of an edge that sends one delivery, and of a hub that receives it: fresh processes."""
    with new_ends(folder, broker, 0.0) as ends:
        sealed, edge = elsewhere(_shipped, ends, rows)
        return {"rows": rows, "bytes": sealed, "edge": edge, "hub": elsewhere(_received, ends)}


def _shipped(ends: Ends, rows: int) -> tuple[int, int]:
    with watched_memory() as memory:
        way = ends.way()
        benchmarks.synthetic.PARTNER = ends.partner  # whose topics nobody has used
        path = files.send(Source(way.edge.readers(ends.partner)).delivery(rows), way.outbox.waiting)
        size = path.stat().st_size
        ship(way)
    return size, memory.own


def _received(ends: Ends) -> int:
    with installation(ends.hub) as opened, watched_memory() as memory:
        follow(opened, ends.cluster, stopping=lambda: False, echo=quiet, once=True, only=ends.partner)
    return memory.own


def _tables(folder: Path, rows: int) -> list[Path]:
    """The generated partner's file, in parts of which no two name a record; the first has one row."""
    made = generate(folder, scale=rows / PUBLISHED, broken=0, partners=[PARTNER], echo=print)[0]
    header, *lines = made.path.read_text(ENCODING).splitlines(keepends=True)
    size = -(-len(lines) // DELIVERIES)
    parts = [lines[:1], *(lines[1:][start : start + size] for start in range(0, len(lines) - 1, size))]
    paths = [folder / f"{number}.csv" for number in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        path.write_text("".join([header, *part]), ENCODING)
    return paths


def _rows(table: Path) -> int:
    with table.open(encoding=ENCODING, newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1
