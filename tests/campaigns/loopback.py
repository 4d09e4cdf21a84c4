"""A loopback proxy between clients and a broker: through it a network is slow, half-open, torn or gone.

It is a process of its own, so that whoever forks has no threads. How it behaves stands in memory that both share.
"""

import mmap
import os
import select
import signal
import socket
import time
from threading import Thread

from tests.postgres import die_with_parent

OPEN, SLOW, SILENT, TORN, GONE = range(5)
"""How it behaves. `SILENT`: connections stand, nothing comes through. `TORN`: they end in the middle of a message."""
LATENCY, LOOK = 0.08, 0.1
PIECE = 64 * 1024
TORN_AFTER = 40


class Proxy:
    """A door to a port of this machine, which `lead` names: its own port is taken before others look for free ones."""

    def __init__(self) -> None:
        self._mode, self._target = mmap.mmap(-1, 1), mmap.mmap(-1, 2)
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
            self._process = os.fork()
            if self._process == 0:
                try:
                    die_with_parent()
                    _serve(door, self._target, self._mode)
                finally:
                    os._exit(1)

    def lead(self, target: int) -> int:
        """To this port; the door's own."""
        self._target[:] = target.to_bytes(2, "big")
        return self.port

    def be(self, mode: int) -> None:
        """From now on, also for connections that stand."""
        self._mode[0] = mode

    def close(self) -> None:
        """Nobody comes through any more."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


def _serve(door: socket.socket, target: mmap.mmap, mode: mmap.mmap) -> None:
    while True:
        client, _ = door.accept()
        try:
            if mode[0] == GONE:
                raise OSError
            server = socket.create_connection(("127.0.0.1", int.from_bytes(target[:], "big")), 5)
        except OSError:  # as the broker itself would: nobody is there
            client.close()
            continue
        for one, other in ((client, server), (server, client)):
            one.settimeout(None)
            Thread(target=_carry, args=(one, other, mode), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket, mode: mmap.mmap) -> None:
    swallowed = False
    try:
        while mode[0] != GONE and not (swallowed and mode[0] != SILENT):
            if not select.select([one], [], [], LOOK)[0]:
                continue
            piece = one.recv(PIECE)
            if not piece:
                return
            if mode[0] == SILENT:
                swallowed = True
            elif mode[0] == TORN and len(piece) > TORN_AFTER:
                other.sendall(piece[: len(piece) // 2])
                return
            else:
                time.sleep(LATENCY if mode[0] == SLOW else 0)
                other.sendall(piece)
    except (OSError, ValueError):
        return
    finally:
        for each in (one, other):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
