"""What leaves the edge of a file, opened with the keys of all its readers."""

import io
from collections.abc import Sequence
from typing import Any

from hub.edge.deliver import Sender, deliver
from hub.edge.opened import Left, Secrets, open_rows
from hub.edge.opened import open_all as opened_by
from hub.edge.seal import Readers
from hub.edge.tokens import PartnerTokens
from hub.events.wire import Chunk, End, Header, public_key
from tests.pipe import COLUMNS, row

SECRETS = Secrets(*(bytes([n]) * 32 for n in (1, 2, 3)))
VAULT, HUB, PARTNER = SECRETS
READERS = Readers(*map(public_key, SECRETS))
TOKENS = PartnerTokens(b"k" * 32, partner="pt-test", country="PT")
SENDER = Sender("pt-test", "PT")


def left(adapter: Any, data: bytes, sender: Sender = SENDER, **options: Any) -> Left:
    """What leaves of a file."""
    options = {"complete": True, **options}
    header, parts = deliver(adapter, io.BytesIO(data), sender, tokens=TOKENS, readers=READERS, **options)
    return open_all(header, list(parts))


def open_all(header: Header, parts: list[Chunk | End]) -> Left:
    """A delivery, opened."""
    return opened_by(header, parts, SECRETS)


def opened(header: Header, chunks: Sequence[Chunk | End]) -> list[tuple[bytes, str, tuple]]:
    """The rows of chunks."""
    return open_rows(header, chunks, SECRETS)


def table(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A `;`-separated file; what is no text in it comes as broken bytes."""
    lines = [";".join(columns), *(";".join(cells) for cells in rows), ""]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def cells(*numbers: int, **changed: str) -> list[list[str]]:
    return [list(row(number, **changed).values()) for number in numbers]
