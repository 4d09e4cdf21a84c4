"""A delivery as frames of one size, each sealed to the hub: what carries them sees how many, and nothing else.

A frame tells neither where a part of the delivery ends nor how large it is: parts follow each other through all frames,
and the rest of the last one is padding. So a delivery of one row and one of a thousand look the same.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.events.wire import Chunk, Delivery, End, Header, open_sealed, pack, seal

PLAIN = 256 * 1024
"""Bytes of a frame before it is sealed; HPKE adds 48."""
LARGEST_PART = 1 << 30
PADDING, OPENING, TOKENS, ROWS, CLOSING, REFUSED = range(6)
_HEAD = Struct(">BI")


class Frame(NamedTuple):
    """One of a delivery's frames. `last`: that no other follows."""

    number: int
    last: bool
    sealed: bytes


class Opening(msgspec.Struct, frozen=True):
    """How a delivery begins: its header, and the partner's public key (X25519, base64) to which it is answered."""

    header: Header
    answer_to: str


def opening(header: Header, answer_to: X25519PublicKey) -> Opening:
    """The opening of a delivery that is answered to a partner's key."""
    return Opening(header, b64encode(answer_to.public_bytes_raw()).decode())


def answer_key(found: Opening) -> X25519PublicKey:
    """To whom a delivery is answered. Raises ValueError for no key."""
    return X25519PublicKey.from_public_bytes(b64decode(found.answer_to, validate=True))


def framed(delivery: Delivery, answer_to: X25519PublicKey, hub: X25519PublicKey) -> Iterator[Frame]:
    """The frames of a delivery, as its parts come. `answer_to`: the partner's key for what is answered."""
    header, waiting, number = delivery.header, bytearray(), 0
    for kind, piece in _pieces(opening(header, answer_to), delivery.parts):
        waiting += _HEAD.pack(kind, len(piece))
        waiting += piece
        # Strictly more: what just fills a frame may be the end, and an end is told.
        while len(waiting) > PLAIN:
            yield _frame(header, number, bytes(waiting[:PLAIN]), hub, last=False)
            del waiting[:PLAIN]
            number += 1
    yield _frame(header, number, bytes(waiting.ljust(PLAIN, b"\0")), hub, last=True)


def unframed(
    partner: str, delivery: str, sealed: Iterable[bytes], count: int, secret: bytes
) -> tuple[Opening, Delivery]:
    """The delivery in its `count` frames, which are opened one by one as its parts are asked for.

    Now or at a later part: InvalidTag for a frame that is another's or changed, ValueError for what no edge makes.
    """
    stream = _Stream(
        open_sealed(frame, secret, _context(partner, delivery, number, last=number == count - 1))
        for number, frame in enumerate(sealed)
    )
    found = _opening(stream, partner, delivery)
    return found, Delivery(found.header, _parts(stream))


def opening_of(partner: str, delivery: str, first: Frame, secret: bytes) -> Opening:
    """The opening in a delivery's first frame, alone. Raises as `unframed`."""
    plain = open_sealed(first.sealed, secret, _context(partner, delivery, first.number, last=first.last))
    return _opening(_Stream(iter([plain])), partner, delivery)


def _opening(stream: "_Stream", partner: str, delivery: str) -> Opening:
    kind, piece = stream.piece()
    if kind != OPENING:
        raise ValueError("no opening")
    found = msgspec.json.decode(piece, type=Opening)
    if (found.header.partner, found.header.delivery) != (partner, delivery):
        raise ValueError("another one's delivery")
    return found


def _frame(header: Header, number: int, plain: bytes, hub: X25519PublicKey, *, last: bool) -> Frame:
    return Frame(number, last, seal(plain, hub, _context(header.partner, header.delivery, number, last=last)))


def _context(partner: str, delivery: str, number: int, *, last: bool) -> str:
    return f"{partner}|{delivery}|frame|{number}|{'last' if last else 'more'}"


def _pieces(begin: Opening, parts: Iterable[Chunk | End]) -> Iterator[tuple[int, bytes]]:
    yield OPENING, pack(begin)
    for part in parts:
        yield from zip((TOKENS, ROWS) if isinstance(part, Chunk) else (CLOSING, REFUSED), part, strict=True)


def _parts(stream: "_Stream") -> Iterator[Chunk | End]:
    while True:
        (first, one), (second, other) = stream.piece(), stream.piece()
        if (first, second) == (TOKENS, ROWS):
            yield Chunk(one, other)
        elif (first, second) == (CLOSING, REFUSED):
            stream.end()
            yield End(one, other)
            return
        else:
            raise ValueError("parts in an order that no edge makes")


class _Stream:
    """What frames hold, piece by piece, across them."""

    def __init__(self, frames: Iterator[bytes]) -> None:
        self._frames, self._waiting = frames, bytearray()

    def piece(self) -> tuple[int, bytes]:
        """The next piece and its kind. Raises ValueError where there is none, or one that is too large."""
        kind, size = _HEAD.unpack(self._take(_HEAD.size))
        if size > LARGEST_PART:
            raise ValueError("a part without bound")
        return kind, self._take(size)

    def end(self) -> None:
        """Raises ValueError unless all that is left is the last frame's padding."""
        if any(self._waiting) or next(self._frames, None) is not None:
            raise ValueError("more than a delivery")

    def _take(self, size: int) -> bytes:
        while len(self._waiting) < size:
            frame = next(self._frames, None)
            if frame is None:
                raise ValueError("fewer frames than parts")
            self._waiting += frame
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken
