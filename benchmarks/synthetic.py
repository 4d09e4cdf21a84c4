"""Deliveries without a file: rows drawn once, and sealed again and again under new names. For large logs."""

import secrets
import typing
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b
from random import Random

from benchmarks.homes import COUNTRY, PARTNER
from hub.edge.seal import CHUNK_ROWS, Readers
from hub.events import codes
from hub.events.columns import Row, pack_rows
from hub.events.contact import ContactHeld
from hub.events.facts import coded
from hub.events.plan import StatusReported
from hub.events.wire import (
    NO_PERIOD,
    NOBODY,
    TOKEN_BYTES,
    Chunk,
    Closing,
    Delivery,
    Digest,
    End,
    Header,
    binding,
    seal,
    seal_closing,
)

PERIODS, FIRST, DAYS = {f"2025Q{n}": date(2025, 3 * n - 2, 1) for n in range(1, 5)}, "2025Q1", 90
NEW_PERSONS, SOON, RECENT = 0.3, 0.9, 100_000
"""Share of rows about a person who was never named before; and of the other rows, the share about one of the persons
who were named last: people come back while their case is open."""


class Source:
    """Rows of one partner, whose records are all new. `persons` counts the people named so far.

    `soon` is how many of the returning ones are among the last; the others are anyone, so that no index is spared.
    """

    def __init__(self, readers: Readers, *, personal: bool = True, seed: int = 1, soon: float = SOON) -> None:
        self._readers, self._personal, self._random, self._soon = readers, personal, Random(seed), soon
        self.persons = 0

    def delivery(self, rows: int, dataset: str = "bench", period: str = FIRST) -> Delivery:
        """A partial delivery, its parts made as they are asked for."""
        header = Header(secrets.token_hex(16), PARTNER, COUNTRY, dataset, "0", complete=False)
        return Delivery(header, self._parts(header, rows, period))

    def _parts(self, header: Header, rows: int, period: str) -> Iterator[Chunk | End]:
        digest, bound, chunks = Digest(header), binding(header), 0
        for start in range(0, rows, CHUNK_ROWS):
            count = min(CHUNK_ROWS, rows - start)
            chunk = Chunk(
                seal(self._tokens(count), self._readers.vault, f"{bound}|tokens|{chunks}"),
                seal(
                    packed(count, period if self._personal else NO_PERIOD), self._readers.hub, f"{bound}|rows|{chunks}"
                ),
            )
            digest.add(chunk)
            chunks += 1
            yield chunk
        covers = (period,) if self._personal else ()
        closing = Closing(rows, 0, chunks, False, covers, [], digest.hex())
        yield End(seal_closing(closing, self._readers.hub, header), b"")

    def _tokens(self, rows: int) -> bytes:
        records = self._random.randbytes(rows * TOKEN_BYTES)
        cut = range(0, len(records), TOKEN_BYTES)
        if not self._personal:
            return b"".join([records[at : at + TOKEN_BYTES] + NOBODY for at in cut])
        return b"".join([records[at : at + TOKEN_BYTES] + self._person() for at in cut])

    def _person(self) -> bytes:
        draw = self._random.random
        if not self.persons or draw() < NEW_PERSONS:
            number, self.persons = self.persons, self.persons + 1
        else:
            among = min(self.persons, RECENT) if draw() < self._soon else self.persons
            number = self.persons - 1 - int(draw() * among)
        return blake2b(number.to_bytes(8, "big"), digest_size=TOKEN_BYTES).digest()


@cache
def packed(rows: int, period: str) -> bytes:
    """A chunk's rows: contacts, or states of a plan's measures, which are about nobody."""
    return pack_rows(contacts(rows, period) if period else states(rows))


def contacts(rows: int, period: str = FIRST, seed: int = 1) -> list[Row]:
    """Contacts, each field drawn from its code list."""
    draw = Random(seed)
    return [
        Row(
            period,
            (
                coded(
                    ContactHeld(
                        occurred_on=PERIODS[period] + timedelta(draw.randrange(DAYS)),
                        sex=draw.choice(_said(codes.Sex)),
                        age_band=draw.choice(_said(codes.AgeBand)),
                        region="PT17",
                        offence=draw.choice(_said(codes.Offence)),
                        relationship=draw.choice(_said(codes.Relationship)),
                        violence_forms=tuple(sorted(draw.sample(_said(codes.ViolenceForm), 2))),
                    )
                ),
            ),
        )
        for _ in range(rows)
    ]


def states(rows: int, seed: int = 1) -> list[Row]:
    """How measures stand."""
    draw = Random(seed)
    fields = StatusReported.model_fields
    return [
        Row(
            NO_PERIOD,
            (
                coded(
                    StatusReported(
                        plan="bench",
                        basis="ILLUSTRATIVE",
                        measure=f"m{draw.randrange(500)}",
                        period=FIRST,
                        reported_on=PERIODS[FIRST] + timedelta(draw.randrange(DAYS)),
                        status=draw.choice(_said(fields["status"].annotation)),
                        progress_pct=draw.randrange(101),
                    )
                ),
            ),
        )
        for _ in range(rows)
    ]


def _said(literal: typing.Any) -> tuple[typing.Any, ...]:
    """The values of a code list."""
    while typing.get_origin(literal) is typing.Annotated:
        literal = typing.get_args(literal)[0]
    return typing.get_args(literal)
