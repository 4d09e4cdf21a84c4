"""A refused row as the quarantine keeps it, sealed to the partner: what JSON holds of it, and whether that is all."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.errors import Reject
from hub.events.wire import open_sealed, seal

DEEPEST, LARGEST_BITS = 60, 63
"""Of a row that is a tree, and of a number in it: what lies deeper is told by its kind, a larger one in hex."""
Refused = Sequence[tuple[str, object]]
"""Position and content of each row that is put aside."""


class Kept(NamedTuple):
    """Where a row stood, and what it held. `whole`: nothing of it was lost, so that it can be read once more."""

    position: str
    data: Any
    whole: bool = True


def seal_rows(refused: Refused, partner: X25519PublicKey, delivery: str) -> bytes:
    """Rows for the partner alone; bound to the delivery that put them aside."""
    return seal(msgspec.json.encode([_kept(*row) for row in refused]), partner, f"{delivery}|refused")


def open_rows(sealed: bytes, secret: bytes, delivery: str) -> list[Kept]:
    """The inverse of `seal_rows`. Raises InvalidTag for another key than the partner's; Reject for what is no rows."""
    try:
        return msgspec.json.decode(open_sealed(sealed, secret, f"{delivery}|refused"), type=list[Kept])
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise Reject(f"what {delivery} put aside is no rows") from None


def as_lists(data: object) -> object:
    """Data with lists for tuples, as JSON has them."""
    if isinstance(data, dict):
        return {name: as_lists(value) for name, value in data.items()}
    return [as_lists(each) for each in data] if isinstance(data, list | tuple) else data


def _kept(position: str, data: object) -> tuple[object, ...]:
    lost: list[object] = []
    kept = _escaped(data, lost, 0)
    # What is whole says nothing of it, as nothing did before.
    return (position, kept, False) if lost else (position, kept)


def _escaped(data: object, lost: list[object], depth: int) -> object:
    """What JSON can hold of a row. Bytes that did not fit the encoding stand in a text as lone surrogates.

    What a stranger's adapter made of its input beyond texts, lists and numbers is known by its kind alone. `lost` gets
    what is not kept as it is.
    """
    if isinstance(data, str):
        return _text(data, lost)
    if depth < DEEPEST and isinstance(data, dict):
        return {_key(key, lost): _escaped(value, lost, depth + 1) for key, value in data.items()}
    if depth < DEEPEST and isinstance(data, list | tuple):
        return [_escaped(value, lost, depth + 1) for value in data]
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, float) and math.isfinite(data):
        return data
    if isinstance(data, int) and data.bit_length() < LARGEST_BITS:
        return data
    lost.append(None)
    if isinstance(data, int):
        return hex(data)
    if isinstance(data, float):
        return str(data)
    return data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else f"<{type(data).__name__}>"


def _text(text: str, lost: list[object]) -> str:
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair, which JSON can spell and no encoding has
        raw = text.encode("utf-8", "surrogatepass")
    kept = raw.decode("utf-8", "backslashreplace")
    if kept != text:
        lost.append(None)
    return kept


def _key(key: object, lost: list[object]) -> str:
    if not isinstance(key, str):
        lost.append(None)
    return str(_escaped(key, lost, DEEPEST))
