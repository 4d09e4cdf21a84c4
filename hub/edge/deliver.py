"""A partner's file → a sealed delivery. The whole of the edge in one call; nothing is sent from here."""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, BinaryIO, NamedTuple

from hub import __version__
from hub.adapters.base import Adapter, Fact, Identifier, Problem, Record, Rejected, Statement
from hub.adapters.mapping import MappingAdapter
from hub.edge.canonical import canonical
from hub.edge.generalise import generalise
from hub.edge.seal import CHUNK_ROWS, Readers, Sealable, seal_chunks, seal_refused
from hub.edge.tokens import TokenSource
from hub.errors import Stop
from hub.events.periods import grain_of, period_of
from hub.events.wire import (
    EVERYTHING,
    NO_PERIOD,
    NOBODY,
    TOKEN_BYTES,
    Delivery,
    Header,
    Refusal,
    Row,
    StatedFact,
    binding,
)

PROGRESS_ROWS = 50_000
AHEAD = timedelta(days=366)
"""How far ahead an appointment may lie. A year mistyped is further, and would open a period of its own."""
ABOUT_NOBODY = frozenset({"plan"})
"""Kinds of records that are about no person: their events stand in clear."""


class Sender(NamedTuple):
    """Who delivers, and where the law of the delivery is."""

    partner: str
    country: str


class Refused(NamedTuple):
    """A row that cannot be taken: where it stood, what it was, and why."""

    position: str
    data: Any
    problems: tuple[Problem, ...]


class Ready(NamedTuple):
    """A row that can leave, and where it stood."""

    position: str
    sealable: Sealable


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
    """Read, translate, generalise, tokenise and seal a file.

    `periods`, where they are given, are what the file is about: they are covered even if no record falls in them, and a
    row of another period is refused.

    `source` is read twice where rows contradict each other, so it must be seekable. Raises Rejected when the file as
    a whole cannot be read by this adapter (its columns are others).
    """
    ready, refused = _translate_all(adapter, source, sender, tokens, periods, echo)
    ready = _one_a_record(ready, refused, adapter, source)
    held, nameless = _held(adapter, refused, tokens)
    if complete and nameless:
        echo(f"{nameless} refused rows name no record: records absent from this file are kept")
    delivery = secrets.token_hex(16)
    leaving = [row.sealable for row in ready] + held
    header = _header(
        delivery=delivery,
        partner=sender.partner,
        country=sender.country,
        dataset=adapter.name,
        version=__version__,
        complete=complete and not nameless,
        rows=len(ready),
        refused=len(refused),
        chunks=-(-len(leaving) // CHUNK_ROWS),
        covers=_covers(adapter, ready, periods),
        confirmed=confirmed,
    )
    refusals = [Refusal(row.position, rule, place[:120]) for row in refused for rule, place in row.problems]
    sealed_refused = seal_refused([(row.position, row.data) for row in refused], delivery, readers)
    return Delivery(header, seal_chunks(leaving, binding(header, refusals), readers), refusals, sealed_refused)


def _header(**said: Any) -> Header:
    try:
        return Header(**said)
    except ValueError:
        raise Stop("the partner's name must begin with its country, and the dataset be a short code") from None


def _translate_all(
    adapter: Adapter,
    source: BinaryIO,
    sender: Sender,
    tokens: TokenSource,
    periods: tuple[str, ...],
    echo: Callable[[str], None],
) -> tuple[list[Ready], list[Refused]]:
    ready: list[Ready] = []
    refused: list[Refused] = []
    seen: Counter[str] = Counter()
    people: dict[Identifier, bytes | None] = {}
    place = adapter.place if isinstance(adapter, MappingAdapter) else lambda _event, field: field
    period = _period(adapter)
    latest = date.today() + AHEAD
    for number, record in enumerate(adapter.read(source), 1):
        try:
            statement = adapter.translate(record)
            facts = _coarse(statement.facts, sender.country, place, latest)
            key = statement.key if statement.key is not None else _content_key(record, seen)
            kind = record_kind(adapter.name, statement.kind)
            within = period(statement)
            if periods and within not in (NO_PERIOD, *periods):
                raise Rejected("outside-period", place(statement.facts[0].event, "occurred_on"))
            names = _names(statement, kind, key, tokens, people)
            ready.append(Ready(record.position, Sealable(names, Row(within, facts))))
        except Rejected as rejected:
            refused.append(Refused(record.position, record.data, rejected.problems))
        if number % PROGRESS_ROWS == 0:
            echo(f"read {number:,} rows")
    return ready, refused


def _coarse(facts: tuple[Fact, ...], country: str, place: Callable[[str, str], str], latest: date) -> list[StatedFact]:
    stated = []
    problems: list[tuple[str, str]] = []
    places = set()
    for fact in facts:
        try:
            stated.append(generalise(fact, country))
            if (fact.event, fact.part) in places:
                raise Rejected("fact-twice", fact.event)
            places.add((fact.event, fact.part))
            if fact.data.get("occurred_on", latest) > latest:
                raise Rejected("in-the-future", "occurred_on")
        except Rejected as rejected:
            problems += [(rule, place(fact.event, field)) for rule, field in rejected.problems]
    if problems:
        raise Rejected.all_of(problems)
    return stated


def record_kind(dataset: str, kind: str) -> str:
    """Two datasets of one partner number their records each for itself: `7` of the one is not `7` of the other."""
    return f"{dataset}/{kind}"


def _names(
    statement: Statement, kind: str, key: str, tokens: TokenSource, people: dict[Identifier, bytes | None]
) -> bytes:
    """The record's token and the person's. `people` remembers those of this file: many rows are about one person."""
    record = tokens.record(kind, key)
    if statement.kind in ABOUT_NOBODY:
        return record + NOBODY
    who = statement.subject
    if who is not None and who not in people:
        name = canonical(*who)
        people[who] = tokens.person(who.scheme, name) if name is not None else None
    # An invalid identifier is never tokenised (a typing error would merge strangers): the person stays unknown.
    return record + ((people[who] if who else None) or tokens.unknown_person(kind, key))


def _content_key(record: Record, seen: Counter[str]) -> str:
    """A key for a source without keys: the content, and which of its kind it is. The order of rows says nothing."""
    data = record.data
    content = "\x1f".join(f"{name}={data[name]}" for name in sorted(data)) if isinstance(data, dict) else repr(data)
    seen[content] += 1
    return f"{content}\x1e{seen[content]}"


def _one_a_record(ready: list[Ready], refused: list[Refused], adapter: Adapter, source: BinaryIO) -> list[Ready]:
    """Rows that say different things of one record contradict each other: one stands, the others are put aside.

    Which one stands depends on what they say, never on their order, so that a shuffled file says the same.
    """
    standing: dict[bytes, Ready] = {}
    beaten: dict[str, Ready] = {}
    for row in ready:
        record = row.sealable.tokens[:TOKEN_BYTES]
        other = standing.setdefault(record, row)
        if other.sealable != row.sealable:
            loser, winner = sorted((other, row), key=lambda r: (r.sealable.row.facts, r.sealable.tokens))
            standing[record] = winner
            beaten[loser.position] = loser
    # A copy of a row that was beaten later stands against the winner too.
    for row in ready:
        if standing[row.sealable.tokens[:TOKEN_BYTES]].sealable != row.sealable:
            beaten[row.position] = row
    if not beaten:
        return ready
    source.seek(0)
    for record_read in adapter.read(source):
        if record_read.position in beaten:
            refused.append(Refused(record_read.position, record_read.data, (Problem("contradicts-row", "key"),)))
    return [row for row in ready if row.position not in beaten]


def _held(adapter: Adapter, refused: list[Refused], tokens: TokenSource) -> tuple[list[Sealable], int]:
    """Records whose row was refused: the source still states them, so a complete delivery must not retract them.

    Also counts the refused rows that name no record. Which record those are about nobody can tell.
    """
    if not isinstance(adapter, MappingAdapter):
        return [], 0
    keys = [adapter.key_of(Record(row.position, row.data)) for row in refused]
    kind = record_kind(adapter.name, adapter.mapping.record)
    held = {tokens.record(kind, key) for key in keys if key is not None}
    return [Sealable(token + NOBODY, Row(NO_PERIOD, [])) for token in sorted(held)], keys.count(None)


def _covers(adapter: Adapter, ready: list[Ready], periods: tuple[str, ...]) -> tuple[str, ...]:
    """Every period in which a record is stated, and those named by hand."""
    stated = {row.sealable.row.period for row in ready} - {NO_PERIOD}
    everything = {EVERYTHING} if isinstance(adapter, MappingAdapter) and adapter.mapping.covers == "all" else set()
    if isinstance(adapter, MappingAdapter) and periods:
        wanted = "quarter" if everything else adapter.mapping.covers
        if wrong := [period for period in periods if grain_of(period) != wanted]:
            raise Stop(f"{wrong[0]}: this mapping delivers by {wanted}")
    return tuple(sorted(stated | set(periods) | everything))


def _period(adapter: Adapter) -> Callable[[Statement], str]:
    """The period a record is delivered in: by its first fact's date, as fine as the mapping says."""
    if not isinstance(adapter, MappingAdapter):
        return lambda _statement: NO_PERIOD
    covers = adapter.mapping.covers
    grain = "quarter" if covers == "all" else covers
    return lambda statement: period_of(statement.facts[0].data["occurred_on"], grain)
