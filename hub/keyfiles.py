"""Secret keys as files: 32 bytes each, 0600 in 0700 folders. A file that others may read is refused."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from hub.errors import Stop

KEY_BYTES = 32


def secret(path: Path, *, create: bool = True) -> bytes:
    """The key in the file, made on first use. Raises Stop when the file is open to others, torn or absent."""
    try:
        return _read(path)
    except FileNotFoundError:
        if not create:
            raise Stop(f"the key file {path.name} is missing") from None
    with contextlib.suppress(FileExistsError):
        _link(path, secrets.token_bytes(KEY_BYTES))
    return _read(path)


def put(path: Path, key: bytes) -> None:
    """Write a key that comes from elsewhere. Raises Stop where there is one."""
    try:
        _link(path, key)
    except FileExistsError:
        raise Stop(f"the key file {path.name} is there already") from None


def destroy(path: Path) -> None:
    """Write over a key, then take it away. A file system that copies on writing, or a backup, may hold it still."""
    with path.open("r+b") as file:
        file.write(bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _link(path: Path, key: bytes) -> None:
    for folder in reversed(path.parents):  # mkdir would give the folders between the mode of everybody
        folder.mkdir(mode=0o700, exist_ok=True)
    # A name of its own first, then a link: two processes that start at once end with one key, and never half a key.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        for thing, mode in ((file.fileno(), "600"), (path.parent, "700")):
            if stat.S_IMODE(os.stat(thing).st_mode) & 0o077:
                raise Stop(f"the key file {path.name} or its folder is open to others: chmod {mode}")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise Stop(f"the key file {path.name} does not hold {KEY_BYTES} bytes")
    return key
