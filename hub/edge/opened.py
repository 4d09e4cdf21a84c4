"""A delivery, opened with the keys of all its readers: for whoever holds them all, which is a trial and nobody else."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from hub.edge.seal import CHUNK_ROWS
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
)


class Secrets(NamedTuple):
    """The secret keys of a delivery's three readers."""

    vault: bytes
    hub: bytes
    partner: bytes


class Left(NamedTuple):
    """What each row says under which tokens, the closing, and the rows that were put aside, by position."""

    rows: list[tuple[bytes, str, tuple[Any, ...]]]
    closing: Closing
    refused: dict[str, Any]


def open_all(header: Header, parts: Sequence[Chunk | End], secrets: Secrets) -> Left:
    """A delivery, opened. Raises ValueError for one that is not whole."""
    *chunks, end = parts
    if not isinstance(end, End):
        raise ValueError("a delivery without its end")
    digest = Digest(header)
    for chunk in chunks:
        digest.add(chunk)
    closing = open_closing(end[0], secrets.hub, header)
    if (closing.chunks, closing.digest) != (len(chunks), digest.hex()):
        raise ValueError("a delivery whose parts are not those of its end")
    refused = end[1] and open_sealed(end[1], secrets.partner, f"{header.delivery}|refused")
    put_aside = {position: data for position, data, *_ in json.loads(refused or b"[]")}
    return Left(open_rows(header, chunks, secrets), closing, put_aside)


def open_rows(header: Header, chunks: Iterable[Any], secrets: Secrets) -> list[tuple[bytes, str, tuple[Any, ...]]]:
    """The rows of a delivery's first chunks: tokens of record and person, period, facts."""
    rows: list[tuple[bytes, str, tuple[Any, ...]]] = []
    for number, chunk in enumerate(chunks):
        tokens = open_sealed(chunk.tokens, secrets.vault, f"{binding(header)}|tokens|{number}")
        stated = unpack_rows(open_sealed(chunk.rows, secrets.hub, f"{binding(header)}|rows|{number}"))
        if not 0 < len(stated.facts) <= CHUNK_ROWS:
            raise ValueError("a chunk of another size")
        names = [tokens[at : at + 2 * TOKEN_BYTES] for at in range(0, len(tokens), 2 * TOKEN_BYTES)]
        rows += zip(names, stated.periods, [tuple(sorted(facts)) for facts in stated.facts], strict=True)
    return rows
