"""How the pages are started. `hub serve` and the browser tests use this one line, so that both run the same thing."""

import socket
import sys
from pathlib import Path

ENTRY = Path(__file__).parent / "asgi.py"


def argv(port: int, address: str = "127.0.0.1") -> list[str]:
    """The command that serves the pages; the release file comes from HUB_RELEASE, the rest from `.streamlit/`."""
    run = [sys.executable, "-m", "streamlit", "run", str(ENTRY)]
    return [*run, f"--server.port={port}", f"--server.address={address}", "--server.headless=true"]


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that is free on this machine at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
