"""The sealed parts of a delivery: tokens for the vault, rows and closing for the hub, refused rows for the partner."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.events.columns import Row, pack_rows
from hub.events.wire import Chunk, Closing, Digest, End, Header, Refusal, binding, seal, seal_closing

CHUNK_ROWS = 5_000
DEEPEST, LARGEST_BITS = 60, 63
"""Of a refused row that is a tree, and of a number in it: what lies deeper is told by its kind, a larger one in hex."""
Refused = Sequence[tuple[str, object]]
"""Position and content of each row that is put aside."""


class Readers(NamedTuple):
    """Who may open what."""

    vault: X25519PublicKey
    hub: X25519PublicKey
    partner: X25519PublicKey


class Sealable(NamedTuple):
    """A statement ready to leave: the record's token and the person's, side by side, and the coarse facts."""

    tokens: bytes
    row: Row


class Sealer:
    """Seals the parts of one delivery in their order, numbers them, and keeps their digest."""

    def __init__(self, header: Header, readers: Readers) -> None:
        self._header, self._readers = header, readers
        self._bound = binding(header)
        self._digest = Digest(header)
        self._chunks = 0

    def chunk(self, tokens: bytes, packed: bytes) -> Chunk:
        """The next chunk. `tokens` stand in the order of the rows in `packed`."""
        made = Chunk(
            seal(tokens, self._readers.vault, f"{self._bound}|tokens|{self._chunks}"),
            seal(packed, self._readers.hub, f"{self._bound}|rows|{self._chunks}"),
        )
        self._chunks += 1
        self._digest.add(made)
        return made

    def rows(self, rows: Sequence[Sealable]) -> Chunk:
        """The next chunk, of statements one by one."""
        return self.chunk(b"".join(row.tokens for row in rows), pack_rows([row.row for row in rows]))

    def end(
        self,
        *,
        rows: int,
        complete: bool,
        covers: tuple[str, ...],
        refusals: list[Refusal],
        refused: Refused,
        unlinked: int = 0,
        mapping: str = "",
        passed: tuple[str, ...] = (),
    ) -> End:
        """The closing, and the refused rows as they were read."""
        digest, chunks = self._digest.hex(), self._chunks
        closing = Closing(rows, len(refused), chunks, complete, covers, refusals, digest, unlinked, mapping, passed)
        put_aside = b""
        if refused:
            readable = [(position, _escaped(data)) for position, data in refused]
            put_aside = seal(msgspec.json.encode(readable), self._readers.partner, f"{self._header.delivery}|refused")
        return End(seal_closing(closing, self._readers.hub, self._header), put_aside)


def _escaped(data: object, depth: int = 0) -> object:
    """What JSON can hold of a row. Bytes that did not fit the encoding stand in a text as lone surrogates.

    What a stranger's adapter made of its input beyond texts, lists and numbers is known by its kind alone.
    """
    if isinstance(data, str):
        try:
            raw = data.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half a pair, which JSON can spell and no encoding has
            raw = data.encode("utf-8", "surrogatepass")
        return raw.decode("utf-8", "backslashreplace")
    if depth < DEEPEST and isinstance(data, dict):
        return {str(_escaped(key, DEEPEST)): _escaped(value, depth + 1) for key, value in data.items()}
    if depth < DEEPEST and isinstance(data, list | tuple):
        return [_escaped(value, depth + 1) for value in data]
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if isinstance(data, int):
        return data if data.bit_length() < LARGEST_BITS else hex(data)
    return data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else f"<{type(data).__name__}>"
