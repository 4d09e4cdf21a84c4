"""Deliveries as files in a folder: written whole or not at all, and kept until there is a receipt.

A delivery is a ZIP file of sealed parts (stored, not compressed): any tool lists it, none can read it.
"""

import contextlib
import errno
import os
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hub.errors import Reject, Retry
from hub.events.wire import Chunk, Delivery, End, Header, ProvenReceipt, pack

SUFFIX, DRAFT = ".delivery", ".draft"
OLD = 24 * 60 * 60
"""Seconds after which a draft is left over from a send that was killed."""
NOT_NOW = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE}
"""The machine's troubles, not the file's: it may be whole, and stays where it is."""


class _NotMadeError(Exception):
    """A part could not be made: that is no fault of the folder. `args` holds what was raised."""


def send(delivery: Delivery, folder: Path) -> Path:
    """Put a delivery into the folder, part by part as it is made, and return when it is on the disk.

    Before, there is nothing to read. What the making of a part raises passes through; raises Retry for the folder.
    """
    path = folder / f"{delivery.header.delivery}{SUFFIX}"
    draft = path.with_suffix(DRAFT)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        try:
            _write(delivery, draft)
            draft.rename(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(folder)
    except _NotMadeError as error:
        raise error.args[0] from None
    except OSError as error:
        raise Retry(f"the delivery could not be written: {error.strerror}") from None
    return path


def _write(delivery: Delivery, draft: Path) -> None:
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as parts:
            parts.writestr("header.json", pack(delivery.header))
            for number, part in enumerate(_made(delivery.parts)):
                names = (
                    (f"{number}.tokens", f"{number}.rows") if isinstance(part, Chunk) else ("closing", "refused.rows")
                )
                for name, sealed in zip(names, part, strict=True):
                    parts.writestr(name, sealed)
        file.flush()
        os.fsync(file.fileno())


def _made(parts: Iterator[Chunk | End]) -> Iterator[Chunk | End]:
    try:
        yield from parts
    except OSError as error:
        raise _NotMadeError(error) from None


def _sweep(folder: Path) -> None:
    """Drafts that nobody will finish any more."""
    for path in folder.glob(f"*{DRAFT}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > OLD:
                path.unlink()


def pending(folder: Path) -> dict[Path, int]:
    """Deliveries that wait, oldest first, and their sizes in bytes."""
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(FileNotFoundError):  # another receiver was faster
            seen = path.stat()
            found.append((seen.st_mtime_ns, path.name, path, seen.st_size))
    return {path: size for _, _, path, size in sorted(found)}


@contextmanager
def opened(path: Path) -> Iterator[Delivery]:
    """Read a delivery, part by part. Now or at a later part: Reject when the file is torn or changed, Retry."""
    with contextlib.ExitStack() as stack:
        with _whole(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            chunks = _chunks_of(archive)
            header = msgspec.json.decode(archive.read("header.json"), type=Header)
        yield Delivery(header, _parts(archive, chunks, path))


def _chunks_of(archive: zipfile.ZipFile) -> int:
    """How many chunks it holds. Raises BadZipFile for any other parts than `send` writes."""
    parts = archive.infolist()
    chunks = (len(parts) - 3) // 2
    wanted = {"header.json", "closing", "refused.rows"} | {
        f"{n}.{kind}" for n in range(chunks) for kind in ("tokens", "rows")
    }
    if {part.filename for part in parts} != wanted or len(parts) != len(wanted):
        raise zipfile.BadZipFile
    # Nothing of it is compressed, as what is sealed does not shrink, it would only grow, without bound; nor encrypted.
    if any(part.compress_type != zipfile.ZIP_STORED or part.flag_bits for part in parts):
        raise zipfile.BadZipFile
    return chunks


def _parts(archive: zipfile.ZipFile, chunks: int, path: Path) -> Iterator[Chunk | End]:
    for number in range(chunks):
        with _whole(path):
            chunk = Chunk(archive.read(f"{number}.tokens"), archive.read(f"{number}.rows"))
        yield chunk
    with _whole(path):
        end = End(archive.read("closing"), archive.read("refused.rows"))
    yield end


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """What a damaged archive may raise, as one error; msgspec's are ValueErrors. Raises Retry for a disk that fails."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in NOT_NOW:
            raise Retry(f"delivery {path.stem} could not be read: {error.strerror}") from None
        raise Reject(f"delivery {path.stem} cannot be read: {error.strerror or 'it is torn'}", "torn") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError):
        raise Reject(f"delivery {path.stem} is torn", "torn") from None


def keep_receipt(proven: ProvenReceipt, folder: Path) -> Path:
    """Write a receipt for the partner, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{proven.receipt.delivery}.json"
    draft = path.with_suffix(f".{os.getpid()}{DRAFT}")  # two receivers may have the same to say
    draft.write_bytes(pack(proven))
    draft.rename(path)
    return path


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
