"""A small text file outside of the databases, changed whole or not at all, by one process at a time."""

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def rewrite(path: Path, change: Callable[[], str | None]) -> None:
    """Put what `change` gives in the file's place, for good when this returns; None leaves it as it is.

    `change` reads the file for itself: nobody else writes meanwhile.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        text = change()
        if text is None:
            return
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        os.fsync(folder)
    finally:
        draft.unlink(missing_ok=True)
        os.close(folder)
