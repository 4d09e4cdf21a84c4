"""Heads of streams and scopes of deliveries, read and written by the set within the log's transaction."""

from collections.abc import Iterable, Iterator, Sequence

from eventsourcing.sqlite import SQLiteCursor

from hub.events.wire import EVERYTHING
from hub.log.reconcile import Head, pack_facts, unpack_facts

LOOKUP = 500


def load(cursor: SQLiteCursor, records: Sequence[bytes]) -> dict[bytes, Head]:
    """The heads of the records that have one."""
    heads = {}
    for start in range(0, len(records), LOOKUP):
        some = records[start : start + LOOKUP]
        marks = ",".join("?" * len(some))
        cursor.sqlite_cursor.row_factory = None
        cursor.execute(f"SELECT * FROM heads WHERE record IN ({marks})", some)  # noqa: S608 - only marks
        heads.update(dict(_head(row) for row in cursor.fetchall()))
    return heads


def save(cursor: SQLiteCursor, heads: dict[bytes, Head]) -> None:
    """Write heads, new or moved on."""
    rows = [
        (record, head.stream, head.version, head.scope, head.key_id, pack_facts(head.facts))
        for record, head in sorted(heads.items())
    ]
    cursor.executemany("INSERT OR REPLACE INTO heads VALUES (?,?,?,?,?,?)", rows)


def scope(cursor: SQLiteCursor, partner: str, dataset: str, period: str) -> int:
    """The number of a scope, given on first sight."""
    cursor.execute("INSERT OR IGNORE INTO scopes (partner, dataset, period) VALUES (?,?,?)", (partner, dataset, period))
    cursor.execute("SELECT scope FROM scopes WHERE partner=? AND dataset=? AND period=?", (partner, dataset, period))
    return int(cursor.fetchone()[0])


def closed(cursor: SQLiteCursor, number: int, *, complete: bool) -> tuple[str, bool]:
    """A scope's period, and whether a complete delivery ever covered it. A partial one does not take that back."""
    if complete:
        cursor.execute("UPDATE scopes SET complete=1 WHERE scope=?", (number,))
    cursor.execute("SELECT period, complete FROM scopes WHERE scope=?", (number,))
    period, whole = cursor.fetchone()
    return period, bool(whole)


def covered(cursor: SQLiteCursor, partner: str, dataset: str, covers: Iterable[str]) -> list[int]:
    """The scopes that a delivery's `covers` names."""
    names = set(covers)
    cursor.execute("SELECT scope, period FROM scopes WHERE partner=? AND dataset=?", (partner, dataset))
    return [row[0] for row in cursor.fetchall() if row[1] and (row[1] in names or EVERYTHING in names)]


def standing(cursor: SQLiteCursor, scopes: Sequence[int]) -> Iterator[tuple[bytes, Head]]:
    """The streams of some scopes that say something at present."""
    for number in scopes:
        cursor.execute("SELECT * FROM heads WHERE scope=? ORDER BY stream", (number,))
        yield from (pair for row in cursor.fetchall() if (pair := _head(row))[1].facts)


def count_standing(cursor: SQLiteCursor, number: int) -> int:
    """How many records of a scope say something at present. An empty MessagePack array is one byte, 0x90."""
    cursor.execute("SELECT COUNT(*) FROM heads WHERE scope=? AND facts<>x'90'", (number,))
    return int(cursor.fetchone()[0])


def _head(row: Sequence[object]) -> tuple[bytes, Head]:
    record, stream, version, scope_number, key_id, facts = row
    return record, Head(stream, version, scope_number, key_id, unpack_facts(facts))  # type: ignore[arg-type,return-value]
