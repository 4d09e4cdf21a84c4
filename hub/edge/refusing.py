"""Everything that is wrong with a file, found as the edge finds it when it delivers. Nothing leaves, no key is used."""

import secrets
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from hub import __version__
from hub.adapters.base import Adapter
from hub.adapters.mapping import MappingAdapter
from hub.edge.deliver import Sender
from hub.edge.leaving import Aside, Leaving
from hub.edge.rows import Origin, of_records
from hub.edge.seal import Readers, Sealer
from hub.edge.table import of_table
from hub.edge.tokens import PartnerTokens, People
from hub.events.wire import Header, public_key

SECRET = 32


class Tried(NamedTuple):
    """How many rows would leave, and how many of them without a valid identifier of their person."""

    rows: int
    unlinked: int


def refuse(
    adapter: Adapter,
    source: BinaryIO,
    sender: Sender,
    aside: Aside,
    *,
    periods: tuple[str, ...] = (),
    echo: Callable[[str], None] = lambda _line: None,
) -> Tried:
    """Read a file to its end; each refused row goes to `aside`, as it is met, and is kept nowhere.

    A row that another one contradicts comes last. Raises Rejected for a file that cannot be read as a whole.
    """
    tokens = PartnerTokens(secrets.token_bytes(SECRET), partner=sender.partner, country=sender.country)
    origin = Origin(sender.country, tokens, People(tokens), periods, echo)
    header = Header(secrets.token_hex(16), sender.partner, sender.country, adapter.name, __version__, False)
    nobody = public_key(secrets.token_bytes(SECRET))
    sealer = Sealer(header, Readers(nobody, nobody, nobody))
    leaving = Leaving(sealer, echo, aside)
    if isinstance(adapter, MappingAdapter):
        for _chunk in of_table(adapter, source, origin, leaving, sealer):
            pass
    else:
        of_records(adapter, source, origin, leaving)
    for _chunk in leaving.chunks(()):
        pass
    return Tried(leaving.stated, origin.people.unlinked)
