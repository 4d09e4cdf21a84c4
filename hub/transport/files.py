"""Deliveries as files in a folder: written whole or not at all, taken away only after the receipt.

A delivery is a ZIP file of sealed parts (stored, not compressed): any tool lists it, none can read it.
"""

import contextlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hub.errors import Reject, Retry
from hub.events.wire import Chunk, Delivery, Header, Receipt, Refusal, pack

SUFFIX = ".delivery"


def send(delivery: Delivery, folder: Path) -> Path:
    """Put a delivery into the folder. When this returns it is on the disk; a crash before leaves nothing to read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{delivery.header.delivery}{SUFFIX}"
    draft = path.with_suffix(".draft")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as parts:
                for number, chunk in enumerate(delivery.chunks):
                    parts.writestr(f"{number}.tokens", chunk.tokens)
                    parts.writestr(f"{number}.rows", chunk.rows)
                parts.writestr("refusals.json", pack(delivery.refusals))
                parts.writestr("refused.rows", delivery.refused_rows)
                parts.writestr("header.json", pack(delivery.header))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync(folder)
    except OSError as error:
        raise Retry(f"the delivery could not be written: {error.strerror}") from None
    return path


def pending(folder: Path) -> list[Path]:
    """Deliveries that wait, oldest first."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(FileNotFoundError):  # another receiver was faster
            found.append((path.stat().st_mtime_ns, path.name, path))
    return [path for _, _, path in sorted(found)]


@contextmanager
def opened(path: Path) -> Iterator[Delivery]:
    """Read a delivery, chunk by chunk. Raises Reject when the file is torn or changed."""
    try:
        with zipfile.ZipFile(path) as parts:
            header = msgspec.json.decode(parts.read("header.json"), type=Header)
            refusals = msgspec.json.decode(parts.read("refusals.json"), type=list[Refusal])
            yield Delivery(header, _chunks(parts, header), refusals, parts.read("refused.rows"))
    except FileNotFoundError:
        raise
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError, OSError):
        # What a damaged archive may raise; msgspec's errors are ValueErrors.
        raise Reject(f"delivery {path.stem} is torn") from None


def _chunks(parts: zipfile.ZipFile, header: Header) -> Iterator[Chunk]:
    for number in range(header.chunks):
        yield Chunk(parts.read(f"{number}.tokens"), parts.read(f"{number}.rows"))


def acknowledge(path: Path, receipt: Receipt, receipts: Path) -> None:
    """Write the receipt, then take the delivery away: in this order, a crash between the two asks for it again."""
    receipts.mkdir(mode=0o700, parents=True, exist_ok=True)
    (receipts / f"{receipt.delivery}.json").write_bytes(pack(receipt))
    path.unlink(missing_ok=True)


def put_aside(path: Path, folder: Path) -> None:
    """Keep a delivery that cannot be applied, out of the way of those that can."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):  # another receiver was faster
        path.replace(folder / path.name)


def _sync(folder: Path) -> None:
    """Make a rename durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
