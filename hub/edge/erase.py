"""Persons whom a partner asks the hub to forget: their tokens, worked out here, and nothing else of them."""

import secrets
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from hub import __version__
from hub.adapters.mapping import MappingAdapter
from hub.edge.deliver import Sender
from hub.edge.rows import record_kind
from hub.edge.seal import Readers, Sealer
from hub.edge.tokens import People, TokenSource
from hub.errors import Reject, Stop
from hub.events.subject import MOST_FORGOTTEN
from hub.events.wire import ERASURE, TOKEN_BYTES, Chunk, Delivery, End, Header, named_epochs

PADDED = 64
"""Tokens of a request, or a multiple: nobody on the way sees how many persons it names."""


def tokens_of(
    adapter: MappingAdapter, names: Sequence[str], tokens: TokenSource, *, by_record: bool
) -> tuple[list[bytes], int]:
    """The tokens of persons by their identifiers, or by records that name nobody; and how many are not valid.

    Whoever has no valid identifier is known to the hub by each record alone, and is asked for by these.
    """
    subject = adapter.mapping.who
    if by_record or subject is None:
        if adapter.mapping.key == "content":
            raise Stop("the records of this mapping have no key: nobody can be asked for by them")
        return tokens.unknown_persons(record_kind(adapter.name, adapter.mapping.record), names), 0
    found = People(tokens).tokens(subject.scheme, names)
    return [token for token in found if token is not None], found.count(None)


def erasure(
    sender: Sender,
    named: Sequence[bytes],
    readers: Readers,
    *,
    reason: str,
    confirmed: bool,
    epochs: tuple[int, ...] = (1,),
    links: str = "",
) -> Delivery:
    """The request as a sealed delivery, of tokens of one epoch. Raises Reject for too many persons."""
    persons = list(dict.fromkeys(named))
    if not 0 < len(persons) <= MOST_FORGOTTEN:
        raise Reject(f"a request names 1 to {MOST_FORGOTTEN:,} persons")
    header = Header(
        delivery=secrets.token_hex(16),
        partner=sender.partner,
        country=sender.country,
        dataset=ERASURE,
        version=__version__,
        complete=False,
        confirmed=confirmed,
        erases=reason,
        epochs=named_epochs(epochs),
        links=links or UNSET,
    )
    return Delivery(header, _parts(header, persons, readers))


def _parts(header: Header, persons: list[bytes], readers: Readers) -> Iterator[Chunk | End]:
    spare = secrets.token_bytes(-len(persons) % PADDED * TOKEN_BYTES)
    sealer = Sealer(header, readers)
    yield sealer.chunk(b"".join(persons) + spare, b"")
    yield sealer.end(rows=len(persons), complete=False, covers=(), refusals=[], refused=[])
