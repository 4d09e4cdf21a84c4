"""A checkpoint kept outside of the database: the hub's own newest one, or the last one that a partner saw."""

from pathlib import Path

from hub.errors import Reject
from hub.log.outside import rewrite


def anchored(path: Path) -> str | None:
    """The checkpoint that was written outside of the database, None where there is none. It is not checked here."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise Reject(f"{path.name} is not a checkpoint") from None


def write_anchor(path: Path, note: str) -> None:
    """Put the newest checkpoint outside of the database, whole or not at all, and never backwards. After the commit."""
    # Receivers that end at once: the later one's stays.
    rewrite(path, lambda: note if _size(anchored(path)) < _size(note) else None)


def _size(note: str | None) -> int:
    """The size a checkpoint states, unchecked; -1 for none."""
    lines = note.split("\n") if note else []
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() else -1
