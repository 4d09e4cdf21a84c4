"""Where records' streams are and what they say now, read and written by the set within the log's transaction."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from hub.database import insert_rows, look_up, replace_rows
from hub.log.reconcile import Head, HeadRow, pack_facts, unpack_facts
from hub.log.tables import heads, records

NOTHING = pack_facts(())
"""What a head holds whose facts are all retracted."""
PURGED = -1
"""The scope of heads whose records were purged: no delivery covers it."""


def streams_of(connection: sa.Connection, wanted: Sequence[bytes]) -> dict[bytes, int]:
    """The streams of those records that have one."""
    return dict(look_up(connection, records, records.c.record, wanted))


def load(connection: sa.Connection, wanted: Sequence[bytes]) -> dict[bytes, Head]:
    """The heads of those records that have one."""
    streams = streams_of(connection, wanted)
    standing = by_stream(connection, sorted(streams.values()))
    return {record: standing[stream] for record, stream in streams.items()}


def by_stream(connection: sa.Connection, streams: Sequence[int]) -> dict[int, Head]:
    """Heads by their streams."""
    return {
        stream: Head(stream, version, scope, key, unpack_facts(facts))
        for stream, version, scope, key, facts in look_up(connection, heads, heads.c.stream, streams)
    }


def save(
    connection: sa.Connection, begun: Iterable[tuple[bytes, int]], new: Sequence[HeadRow], moved: Mapping[int, Head]
) -> None:
    """Write heads that moved on. `begun`: records whose stream is new in this transaction; `new`: its heads."""
    insert_rows(connection, records, sorted(begun))
    insert_rows(connection, heads, [_row(moved[row[0]]) if row[0] in moved else row for row in new] if moved else new)
    old = moved.keys() - {row[0] for row in new} if moved else ()
    replace_rows(connection, heads, [_row(moved[stream]) for stream in sorted(old)])


def head_of(row: HeadRow) -> Head:
    """A stored head."""
    return Head(*row[:4], unpack_facts(row[4]))


def of_keys(connection: sa.Connection, keys: Iterable[int]) -> list[int]:
    """The streams that are about the persons with these key handles. Reads all heads."""
    return [row[0] for row in look_up(connection, heads, heads.c.key, sorted(keys))]


def records_of(connection: sa.Connection, streams: Iterable[int]) -> frozenset[bytes]:
    """The records behind streams. Reads all records."""
    return frozenset(row[0] for row in look_up(connection, records, records.c.stream, sorted(streams)))


def silence(connection: sa.Connection, streams: Sequence[int]) -> None:
    """These say nothing any more."""
    replace_rows(connection, heads, [_row(head._replace(facts=())) for head in by_stream(connection, streams).values()])


def empty(connection: sa.Connection, streams: Sequence[int]) -> None:
    """These were purged: nothing is said of them any more, and nothing will be."""
    found = by_stream(connection, streams).values()
    replace_rows(connection, heads, [_row(head._replace(scope=PURGED, key=None, facts=())) for head in found])


def standing(connection: sa.Connection, scopes: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The streams of some scopes that say something at present, in order. Eight bytes each."""
    said = sa.select(heads.c.stream).where(heads.c.scope.in_(scopes), heads.c.facts != NOTHING)
    return np.sort(np.fromiter((row[0] for row in connection.execute(said)), np.int64))


def count_standing(connection: sa.Connection, scope: int) -> int:
    """How many records of a scope say something at present."""
    said = sa.select(sa.func.count()).where(heads.c.scope == scope, heads.c.facts != NOTHING)
    return int(connection.execute(said).scalar_one())


def _row(head: Head) -> HeadRow:
    return head.stream, head.version, head.scope, head.key, pack_facts(head.facts)
