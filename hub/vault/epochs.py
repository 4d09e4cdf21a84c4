"""Which epoch a domain's tokens are of, and how many layers of K2 a country's rows have: what a look-up must know.

A domain is where one key makes the tokens of persons: a partner, or a country for a purpose (`PT/evaluation`). While it
rotates (the window), an edge sends two tokens for each person, of this epoch and of the next; the vault finds by this
one, and notes the next as an alias.
"""

from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import UNSET

from hub.errors import Reject, Retry
from hub.events.wire import NOBODY, TOKEN_BYTES, Header
from hub.vault.tables import domains, layers

FIRST = 1
"""The epoch of a domain that never rotated, and the layers of a country that never rolled."""
WIDE = Struct(f"{TOKEN_BYTES}s" * 3)
"""A row of a token column in the window: the record's token, the person's of this epoch and of the next."""
NARROW = Struct(f"{TOKEN_BYTES}s" * 2)
"""Any other row of a token column: the record's token, the person's."""


class Epochs(NamedTuple):
    """Whose tokens a delivery holds, and of which epochs: one, or this and the next."""

    domain: str
    numbers: tuple[int, ...] = (FIRST,)


class Standing(NamedTuple):
    """What holds in the vault: the domain's epoch, and the country's layers."""

    epoch: int
    layers: int


class Column(NamedTuple):
    """An opened token column: records, persons by the vault's epoch, and those of the next epoch where they came."""

    records: Sequence[bytes]
    persons: Sequence[bytes]
    following: dict[bytes, bytes]


def of_header(header: Header) -> Epochs:
    """The epochs that a delivery's header names: none is the first."""
    domain = header.partner if header.links is UNSET else f"{header.country}/{header.links}"
    return Epochs(domain, (FIRST,) if header.epochs is UNSET else header.epochs)


def country_of(domain: str) -> str:
    """`pt-apav` → PT: tokens of two countries never meet."""
    return domain[:2].upper()


def standing(connection: sa.Connection, domain: str, country: str) -> Standing:
    """What holds at present."""
    epoch = connection.scalar(sa.select(domains.c.epoch).where(domains.c.domain == domain))
    number = connection.scalar(sa.select(layers.c.layers).where(layers.c.country == country))
    return Standing(epoch or FIRST, number or FIRST)


def hold(connection: sa.Connection, domain: str, country: str, seen: Standing) -> None:
    """Within `writing`: what was seen before holds still. Raises Retry when a key was changed in between."""
    if standing(connection, domain, country) != seen:
        raise Retry("a key of the vault was changed meanwhile: the same again")


def place_of(epochs: Epochs, epoch: int) -> int:
    """Which of a delivery's tokens the vault finds by. Raises Reject for a delivery of another epoch alone."""
    if epoch in epochs.numbers:
        return epochs.numbers.index(epoch)
    said = " and ".join(map(str, epochs.numbers))
    if max(epochs.numbers) < epoch:
        raise Reject(
            f"tokens of epoch {said}: {epochs.domain} is at epoch {epoch}, and the rows before are destroyed",
            "other-epoch",
        )
    raise Reject(
        f"tokens of epoch {said}: {epochs.domain} is at epoch {epoch} here, close it first (hub keys close)",
        "other-epoch",
    )


def read_column(column: bytes, epochs: Epochs, epoch: int) -> Column:
    """A token column's parts. Raises ValueError for one of another length, Reject for another epoch."""
    place = place_of(epochs, epoch)
    row = NARROW if len(epochs.numbers) == 1 else WIDE
    if len(column) % row.size:
        raise ValueError("a token column of another length")
    records, *persons = zip(*row.iter_unpack(column), strict=True) if column else ((), (), ())
    following = dict(zip(persons[0], persons[1], strict=True)) if row is WIDE and place == 0 else {}
    if (NOBODY in following.values()) is not (NOBODY in following) or following.get(NOBODY, NOBODY) != NOBODY:
        raise ValueError("somebody in one epoch who is nobody in the other")
    return Column(records, persons[place], following)
