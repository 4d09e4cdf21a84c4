"""The sealed parts of a delivery: tokens for the vault, rows and closing for the hub, refused rows for the partner."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.edge.kept import Refused, seal_rows
from hub.events.columns import Row, pack_rows
from hub.events.wire import Chunk, Closing, Digest, End, Header, Refusal, binding, seal, seal_closing

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
        put_aside = seal_rows(refused, self._readers.partner, self._header.delivery) if refused else b""
        return End(seal_closing(closing, self._readers.hub, self._header), put_aside)
