"""A real Apache Kafka for all tests of a process: `HUB_TEST_KAFKA` (host:port), or brokers of our own from its jars.

They run in KRaft mode on the machine's Java. Maven fetches the jars once into `build/broker`: deploy/broker/pom.xml.
"""

import atexit
import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from hub.transport.kafka import Cluster
from tests.postgres import die_with_parent, roomy

ROOT = Path(__file__).resolve().parent.parent
JARS = ROOT / "build" / "broker"
PATIENCE = 60.0
PORTS = range(15_000, 30_000)
JAVA = ("java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
SETTINGS = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "INTERNAL",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "auto.create.topics.enable": "false",
    "log.retention.check.interval.ms": "1000",
    "controller.quorum.election.timeout.ms": "500",
    "controller.quorum.fetch.timeout.ms": "1000",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "log.initial.task.delay.ms": "500",
}


class Node:
    """One broker. Stopped or killed, it starts again on the same ports with what its disk has."""

    def __init__(
        self, home: Path, number: int, port: int, settings: Mapping[str, str], inside: int = 0, second: int = 0
    ) -> None:
        self.home, self.number, self.port = home / str(number), number, port
        self.inside, self.second = inside, second
        self.home.mkdir(parents=True)
        lines = {**settings, "node.id": str(number), "log.dirs": str(self.home / "data")}
        (self.home / "settings").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def format(self, cluster: str, *more: str) -> None:
        """An empty disk, made ready."""
        _java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self.home / "settings"), *more)

    def start(self) -> None:
        """Start, and return when it answers."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start; one of several answers only when others are there too."""
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*JAVA, "-cp", f"{JARS}/*", "kafka.Kafka", str(self.home / "settings")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_dies_with_us,
            )  # fmt: skip

    def wait(self) -> None:
        """Until it answers."""
        end = time.monotonic() + PATIENCE
        while not _answers(self.port):
            if self.process is None or self.process.poll() is not None or time.monotonic() > end:
                raise OSError((self.home / "log").read_text("utf-8", "replace")[-1500:])
            time.sleep(0.1)

    def end(self, by: int = signal.SIGTERM) -> None:
        """Stop it; by SIGKILL as by a power cut."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(by)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Brokers:
    """A cluster of brokers of our own. `advertised`: the port at which clients are told to find one, by its own."""

    def __init__(
        self, count: int, more: Mapping[str, str] | None = None, outside: str = "PLAINTEXT", second: str = "PLAINTEXT",
        advertised: Callable[[int], int] = lambda port: port,
    ) -> None:  # fmt: skip
        self.home = Path(tempfile.mkdtemp(prefix="kafka-", dir=roomy()))
        ports = free_ports(4 * count)
        voters = ",".join(f"{n + 1}@127.0.0.1:{ports[4 * n]}" for n in range(count))
        copies = {f"{name}.replication.factor": str(min(count, 3)) for name in
                  ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")}  # fmt: skip
        least = {f"{name}.min.isr": str(max(1, min(count, 3) - 1)) for name in
                 ("transaction.state.log", "share.coordinator.state.topic")}  # fmt: skip
        self.nodes = []
        for n in range(count):
            control, inside, port, other = ports[4 * n : 4 * n + 4]
            listeners = {
                "listeners": f"CONTROLLER://127.0.0.1:{control},INTERNAL://127.0.0.1:{inside},"
                f"OUTSIDE://127.0.0.1:{port},SECOND://127.0.0.1:{other}",
                "advertised.listeners": f"INTERNAL://127.0.0.1:{inside},"
                f"OUTSIDE://localhost:{advertised(port)},SECOND://localhost:{other}",
                "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,"
                f"OUTSIDE:{outside},SECOND:{second}",
                "controller.quorum.voters": voters,
            }
            settings = {**SETTINGS, **copies, **least, **listeners, **(more or {})}
            self.nodes.append(Node(self.home, n + 1, port, settings, inside, other))

    def start(self, *format_more: str) -> "Brokers":
        """Format and start them all."""
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        for node in self.nodes:
            node.format(cluster, *format_more)
        for node in self.nodes:
            node.begin()
        for node in self.nodes:
            node.wait()
        atexit.register(self.close)
        return self

    @property
    def servers(self) -> tuple[str, ...]:
        """Where clients reach them."""
        return tuple(f"localhost:{node.port}" for node in self.nodes)

    @property
    def url(self) -> str:
        """The same, as the commands take it."""
        return f"kafka://{','.join(self.servers)}"

    @property
    def cluster(self) -> Cluster:
        """The same, without any security."""
        return Cluster(self.servers, {})

    @property
    def inside(self) -> Cluster:
        """As they reach each other: without any security, whatever is asked of those who come from outside."""
        return Cluster(tuple(f"127.0.0.1:{node.inside}" for node in self.nodes), {})

    def close(self) -> None:
        """Stop them; nothing of them is kept."""
        for node in self.nodes:
            node.end(signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)


def cluster() -> Cluster:
    """The broker that all tests of this process share. Skips where there can be none."""
    found = _found()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def brokers(
    count: int = 1, more: Mapping[str, str] | None = None, outside: str = "PLAINTEXT", second: str = "PLAINTEXT",
    advertised: Callable[[int], int] = lambda port: port,
) -> Brokers:  # fmt: skip
    """Brokers for one test, not yet started: what is done to them, others do not see. Skips where there can be none."""
    if (missing := fetched()) is not None:
        pytest.skip(missing)
    return Brokers(count, more, outside, second, advertised)


@cache
def _found() -> Cluster | str:
    if given := os.environ.get("HUB_TEST_KAFKA"):
        return Cluster(tuple(given.split(",")), {})
    missing = fetched()
    return missing if missing is not None else Brokers(1).start().cluster


@cache
def fetched() -> str | None:
    """Fetch the jars, once; why they are not here."""
    if list(JARS.glob("kafka_*.jar")):
        return None
    if not (shutil.which("java") and shutil.which("mvn")):
        return "no Kafka: a broker needs java and mvn (Debian: default-jre-headless maven), or set HUB_TEST_KAFKA"
    draft = JARS.with_name(f"broker-{os.getpid()}")
    asked = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={draft}")
    try:
        done = subprocess.run(["mvn", "-q", "-B", "-f", ROOT / "deploy" / "broker" / "pom.xml", *asked],
                              capture_output=True, timeout=600, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        return "no Kafka: its jars did not come in ten minutes"
    if done.returncode != 0:
        return "no Kafka: Maven could not fetch its jars"
    try:
        draft.rename(JARS)
    except OSError:  # another process was faster
        shutil.rmtree(draft)
    return None


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, all different: below those that a system gives to whoever connects, so that until a
    broker takes one, nobody else is given it."""
    found: set[int] = set()
    while len(found) < count:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.add(port)
    return list(found)


def _dies_with_us() -> None:
    """At SIGQUIT, by which PostgreSQL ends, Java tells what its threads do, and goes on."""
    die_with_parent(signal.SIGKILL)


def _java(program: str, *words: str) -> None:
    done = subprocess.run([*JAVA, "-cp", f"{JARS}/*", program, *words], capture_output=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr.decode("utf-8", "replace")[-1500:])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
