"""The sealed chunks of a delivery: tokens for the vault, rows for the hub, refused rows for the partner itself."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.events.wire import Chunk, Row, pack_rows, seal

CHUNK_ROWS = 5_000


class Readers(NamedTuple):
    """Who may open what."""

    vault: X25519PublicKey
    hub: X25519PublicKey
    partner: X25519PublicKey


class Sealable(NamedTuple):
    """A statement ready to leave: the record's token and the person's, side by side, and the coarse facts."""

    tokens: bytes
    row: Row


def seal_chunks(rows: list[Sealable], bound: str, readers: Readers) -> Iterator[Chunk]:
    """The rows in chunks, sealed one after the other. `bound`: what they belong to, see `wire.binding`."""
    for number, start in enumerate(range(0, len(rows), CHUNK_ROWS)):
        part = rows[start : start + CHUNK_ROWS]
        yield Chunk(
            seal(b"".join(row.tokens for row in part), readers.vault, f"{bound}|tokens|{number}"),
            seal(pack_rows([row.row for row in part]), readers.hub, f"{bound}|rows|{number}"),
        )


def seal_refused(refused: list[tuple[str, object]], delivery: str, readers: Readers) -> bytes:
    """The refused rows, as they were read, for nobody but the partner. Empty when nothing was refused."""
    if not refused:
        return b""
    readable = [(position, _escaped(data)) for position, data in refused]
    return seal(msgspec.json.encode(readable), readers.partner, f"{delivery}|refused")


def _escaped(data: object) -> object:
    """Bytes that did not fit the encoding stand in a text as lone surrogates, which JSON cannot hold."""
    if isinstance(data, str):
        return data.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if isinstance(data, dict):
        return {_escaped(key): _escaped(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_escaped(value) for value in data]
    return data
