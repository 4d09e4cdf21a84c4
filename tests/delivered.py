"""What leaves the edge of a file, opened with the keys of all its readers."""

import io
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from hub.edge.deliver import Sender, deliver
from hub.edge.seal import Readers
from hub.edge.tokens import PartnerTokens
from hub.events.columns import unpack_rows
from hub.events.wire import (
    TOKEN_BYTES,
    Chunk,
    Closing,
    Digest,
    End,
    Header,
    binding,
    open_closing,
    open_sealed,
    public_key,
)  # fmt: skip
from tests.pipe import COLUMNS, row

VAULT, HUB, PARTNER = (bytes([n]) * 32 for n in (1, 2, 3))
READERS = Readers(*map(public_key, (VAULT, HUB, PARTNER)))
TOKENS = PartnerTokens(b"k" * 32, partner="pt-test", country="PT")
SENDER = Sender("pt-test", "PT")


class Left(NamedTuple):
    """A delivery, opened: what each row says under which tokens, its closing, and the rows that were put aside."""

    rows: list[tuple[bytes, str, tuple]]
    closing: Closing
    refused: dict[str, Any]


def left(adapter: Any, data: bytes, sender: Sender = SENDER, **options: Any) -> Left:
    """What leaves of a file."""
    options = {"complete": True, **options}
    header, parts = deliver(adapter, io.BytesIO(data), sender, tokens=TOKENS, readers=READERS, **options)
    return open_all(header, list(parts))


def open_all(header: Header, parts: list[Chunk | End]) -> Left:
    """A delivery, opened."""
    *chunks, end = parts
    digest = Digest(header)
    for chunk in chunks:
        digest.add(chunk)
    closing = open_closing(end[0], HUB, header)
    assert (closing.chunks, closing.digest) == (len(chunks), digest.hex())
    refused = end[1] and open_sealed(end[1], PARTNER, f"{header.delivery}|refused")
    return Left(opened(header, chunks), closing, dict(json.loads(refused or b"[]")))


def opened(header: Header, chunks: Sequence[Chunk | End]) -> list[tuple[bytes, str, tuple]]:
    """The rows of chunks."""
    rows = []
    for number, chunk in enumerate(chunks):
        tokens = open_sealed(chunk.tokens, VAULT, f"{binding(header)}|tokens|{number}")
        stated = unpack_rows(open_sealed(chunk.rows, HUB, f"{binding(header)}|rows|{number}"))
        assert 0 < len(stated.facts) <= 5_000
        names = [tokens[at : at + 2 * TOKEN_BYTES] for at in range(0, len(tokens), 2 * TOKEN_BYTES)]
        rows += zip(names, stated.periods, [tuple(sorted(facts)) for facts in stated.facts], strict=True)
    return rows


def table(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A `;`-separated file; what is no text in it comes as broken bytes."""
    lines = [";".join(columns), *(";".join(cells) for cells in rows), ""]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def cells(*numbers: int, **changed: str) -> list[list[str]]:
    return [list(row(number, **changed).values()) for number in numbers]
