"""Chunks that the log has heard before, word for word: what they say stands, so nobody needs to look at their rows.

A chunk is known by a keyed hash of its opened tokens and rows. It is forgotten as soon as any of its records has moved
on, and all of them are when a person is forgotten: a hash of what was said of her must not outlive her key.
"""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa

from hub.database import insert_rows
from hub.log.tables import heard

Streams = np.ndarray[tuple[int], np.dtype[np.int64]]
MOST = 2_000
"""Chunks of one dataset that are kept: ten million rows."""


class Heard(NamedTuple):
    """A chunk whose records say just what it states: how many rows with facts, their periods, and their streams."""

    mark: bytes
    stated: int
    periods: tuple[str, ...]
    streams: Streams


def known(connection: sa.Connection, mark: bytes) -> Heard | None:
    """What is known of a chunk, if it was heard and nothing of it has moved since."""
    row = connection.execute(sa.select(heard).where(heard.c.mark == mark)).one_or_none()
    if row is None:
        return None
    steps = np.frombuffer(zlib.decompress(row.streams), np.int64)
    return Heard(row.mark, row.stated, tuple(row.periods.split()), np.cumsum(steps, dtype=np.int64))


def keep(
    connection: sa.Connection, partner: str, dataset: str, ordinal: int, chunks: Sequence[Heard], *, moved: bool
) -> None:
    """Remember the chunks of a delivery. `moved`: it changed or retracted something, so what was heard before goes.

    A record that two chunks state may say in the end what only one of them stated: neither of them is kept.
    """
    whose = (heard.c.partner == partner) & (heard.c.dataset == dataset)
    if moved:
        connection.execute(sa.delete(heard).where(whose))
    marks = [chunk.mark for chunk in chunks]
    there: set[bytes] = set(connection.scalars(sa.select(heard.c.mark).where(whose, heard.c.mark.in_(marks))))
    twice = _more_than_once([chunk.streams for chunk in chunks])
    new = {
        chunk.mark: chunk
        for chunk in chunks
        if chunk.mark not in there and not (len(twice) and np.isin(chunk.streams, twice).any())
    }
    rows = [(c.mark, partner, dataset, ordinal, c.stated, " ".join(c.periods), _packed(c)) for c in new.values()]
    insert_rows(connection, heard, rows)
    oldest = sa.select(heard.c.ordinal).where(whose).order_by(heard.c.ordinal.desc()).offset(MOST).limit(1)
    if rows and (last := connection.scalar(oldest)) is not None:
        connection.execute(sa.delete(heard).where(whose, heard.c.ordinal <= last))


def forget_all(connection: sa.Connection) -> None:
    """No chunk was ever heard."""
    connection.execute(sa.delete(heard))


def _more_than_once(streams: Sequence[Streams]) -> Streams:
    if not streams:
        return np.empty(0, np.int64)
    each, counts = np.unique(np.concatenate(streams), return_counts=True)
    return each[counts > 1]


def _packed(chunk: Heard) -> bytes:
    """Streams in order, as the steps between them: most are one, and little is left of them."""
    return zlib.compress(np.diff(np.sort(chunk.streams), prepend=np.int64(0)).tobytes(), 1)
