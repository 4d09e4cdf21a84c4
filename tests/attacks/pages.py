"""Somebody at the running pages who wants the enclave: its files by every way of writing a path, and the websocket.

The pages have no login: what they show is public. What stands beside the release on the disk is not.
"""

import http.client
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, product
from pathlib import Path
from typing import Any

from dashboards.serve import argv, free_port
from tests import release_fixture
from tests.attacks.attack import Attack, Outcome
from tests.attacks.canaries import MARK

TRIES, PATIENCE = 500, 60.0
ENCLAVE = ("log.sqlite", "vault.sqlite", "warehouse.duckdb", "checkpoint", "keys/vault/records", "erasures/0")
OURS = ("", "static/", "app/static/", "media/", "component/", "_stcore/", "data/", "plans/", "_stcore/component/x/")
UP = ("", "../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "....//", "..%c0%af", "..;/", "/")
DEPTHS = (1, 2, 4, 8)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip


def paths(home: Path) -> Iterator[str]:
    """Ways of writing the enclave's files, as the release's neighbours and from the root of the disk."""
    for depth, up, before, name in product(DEPTHS, UP, OURS, ENCLAVE):
        yield f"/{before}{up * depth}{name}"
        if depth == DEPTHS[-1]:
            yield f"/{before}{up * depth}{str(home).lstrip('/')}/{name}"
            yield f"/?q={up * depth}{name}&lang={up * depth}{name}&file={home}/{name}"


def _run(folder: Path, scale: float) -> Outcome:
    """So many requests to the pages, spread over all ways; the control asks a server of the folder itself."""
    home = folder / "home"
    for name in ENCLAVE:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(MARK + b" of " + name.encode())
    every = list(paths(home))
    tries = max(120, round(TRIES * scale))
    chosen = list(islice(every, 0, None, max(1, len(every) // tries)))[:tries]
    with served(home) as port:
        found = sum(_leaks(port, METHODS[n % len(METHODS)], path) for n, path in enumerate(chosen))
        found += _upgraded(port, "https://elsewhere.example") + (not _upgraded(port, f"http://127.0.0.1:{port}"))
    with open_folder(home) as port:
        control = sum(_holds(port, "GET", f"/{name}") for name in ENCLAVE)
    return Outcome(len(chosen) + 1, found, control)


def _leaks(port: int, method: str, path: str) -> bool:
    """Whether an answer holds what it must not, or goes out without its headers."""
    status, headers, body = _asked(port, method, path)
    return (
        MARK in body or MARK in str(headers).encode() or (status < 400 and any(each not in headers for each in HEADERS))
    )


def _holds(port: int, method: str, path: str) -> bool:
    return MARK in _asked(port, method, path)[2]


def _asked(port: int, method: str, path: str, more: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request, its path as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (more or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = b"" if answer.status == http.HTTPStatus.SWITCHING_PROTOCOLS else answer.read()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
    except http.client.HTTPException:
        return 400, {}, b""
    finally:
        connection.close()


def _upgraded(port: int, origin: str) -> bool:
    """Whether a page of this origin gets a session of its own."""
    return (
        _asked(port, "GET", "/_stcore/stream", {**UPGRADE, "Origin": origin})[0] == http.HTTPStatus.SWITCHING_PROTOCOLS
    )


@contextmanager
def served(home: Path) -> Iterator[int]:
    """The pages, as `hub serve` starts them, with the release where it always stands."""
    port, release = free_port(), release_fixture.full(home / "release.duckdb")
    environment = {"HUB_RELEASE": str(release), "PATH": os.environ.get("PATH", ""), "HOME": str(home)}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(argv(port), cwd=home, env=environment, **quiet) as server:
        try:
            end = time.monotonic() + PATIENCE
            while not _alive(port):
                if server.poll() is not None or time.monotonic() > end:
                    raise AssertionError("the pages did not start")
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def _alive(port: int) -> bool:
    try:
        return _asked(port, "GET", "/_stcore/health")[0] == http.HTTPStatus.OK
    except OSError:
        return False


@contextmanager
def open_folder(home: Path) -> Iterator[int]:
    """What the pages are not: a server of the folder."""
    handler = partial(_Silent, directory=str(home))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


PAGES = Attack("files of the enclave from the running pages, and their websocket", "a server of the folder", _run)
