"""A partner's file → a sealed delivery, part by part as the file is read. Nothing is sent from here."""

import secrets
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple

from msgspec import UNSET

from hub import __version__
from hub.adapters.base import Adapter, Record
from hub.adapters.count_table import CountAdapter
from hub.adapters.mapping import MappingAdapter
from hub.edge.leaving import Leaving
from hub.edge.rows import Origin, grain, of_records, record_kind
from hub.edge.seal import Readers, Sealable, Sealer
from hub.edge.table import of_table
from hub.edge.tokens import People, TokenSource
from hub.errors import Stop
from hub.events.columns import WHOLE, Row
from hub.events.periods import grain_of
from hub.events.wire import EVERYTHING, NO_PERIOD, Chunk, Delivery, End, Header, named_epochs


class Sender(NamedTuple):
    """Who delivers, and where the law of the delivery is."""

    partner: str
    country: str


def deliver(
    adapter: Adapter,
    source: BinaryIO,
    sender: Sender,
    *,
    tokens: TokenSource,
    readers: Readers,
    complete: bool,
    confirmed: bool = False,
    periods: tuple[str, ...] = (),
    echo: Callable[[str], None] = lambda _line: None,
) -> Delivery:
    """Read, translate, generalise, tokenise and seal a file, as the parts of the delivery are asked for.

    `periods`, where they are given, are what the file is about: they are covered even if no record falls in them, and a
    row of another period is refused.

    `source` stays open until the last part; a table is read twice, so it must be seekable. Asking for the first part
    raises Rejected when the file as a whole cannot be read by this adapter (its columns are others).
    """
    if (wanted := grain(adapter)) and (wrong := [period for period in periods if grain_of(period) != wanted]):
        raise Stop(f"{wrong[0]}: this mapping delivers by {wanted}")
    header = _header(
        delivery=secrets.token_hex(16),
        partner=sender.partner,
        country=sender.country,
        dataset=adapter.name,
        version=__version__,
        complete=complete,
        confirmed=confirmed,
        epochs=named_epochs(tokens.epochs),
        links=tokens.links or UNSET,
        asked=(tokens.links and isinstance(adapter, MappingAdapter) and adapter.asks) or UNSET,
    )
    origin = Origin(sender.country, tokens, People(tokens), periods, echo)
    return Delivery(header, _parts(adapter, source, header, readers, origin))


def _header(**said: Any) -> Header:
    try:
        return Header(**said)
    except ValueError:
        raise Stop("the partner's name must begin with its country, and the dataset be a short code") from None


def _parts(
    adapter: Adapter, source: BinaryIO, header: Header, readers: Readers, origin: Origin
) -> Iterator[Chunk | End]:
    sealer = Sealer(header, readers)
    leaving = Leaving(sealer, origin.echo)
    if isinstance(adapter, MappingAdapter):
        yield from of_table(adapter, source, origin, leaving, sealer)
        held, nameless = _held(adapter, leaving, origin.tokens)
        everything = {EVERYTHING} if adapter.mapping.covers == "all" else set()
    else:
        of_records(adapter, source, origin, leaving)
        # Which record a refused one was, only a mapping can tell.
        held, nameless, everything = [], len(leaving.refused) if grain(adapter) else 0, set()
    yield from leaving.chunks(held)
    if header.complete and nameless:
        origin.echo(f"{nameless} refused rows name no record: records absent from this file are kept")
    yield sealer.end(
        rows=leaving.stated,
        complete=header.complete and not nameless,
        covers=tuple(sorted((leaving.covers | {*origin.periods} | everything) - {NO_PERIOD, WHOLE})),
        refusals=leaving.refusals,
        refused=leaving.refused,
        unlinked=origin.people.unlinked,
        mapping=mapping_digest(adapter),
    )


def mapping_digest(adapter: Adapter) -> str:
    """SHA-256, in hex, of what a mapping or counts file says, however it is written; none for an adapter in Python."""
    if not isinstance(adapter, MappingAdapter | CountAdapter):
        return ""
    return sha256(adapter.mapping.model_dump_json(by_alias=True, exclude_defaults=True).encode()).hexdigest()


def _held(adapter: MappingAdapter, leaving: Leaving, tokens: TokenSource) -> tuple[list[Sealable], int]:
    """Records whose row was refused: the source still states them, so a complete delivery must not retract them.

    Also counts the refused rows that name no record. Which record those are about nobody can tell.
    """
    keys = [adapter.key_of(Record(position, data)) for position, data in leaving.refused]
    kind = record_kind(adapter.name, adapter.mapping.record)
    held = set(tokens.records(kind, {key for key in keys if key is not None}))
    return [Sealable(token + tokens.nobody, Row(NO_PERIOD, ())) for token in sorted(held)], keys.count(None)
