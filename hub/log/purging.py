"""A country's old records are purged: their events' content is gone for good, and every proof still verifies.

The statement comes first, in one transaction with the heads; the vault destroys keys under which nothing else is
sealed, and remembers the records, so that no backfill brings them back. Then the events are emptied, some thousands at
a time, and the log's files written anew without what they held. Killed at any step, the next command goes on.
"""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from hub.database import driver
from hub.errors import Retry, Stop
from hub.events.log import LogPurged
from hub.log import checkpoint, erasing, heads, heard, own, purges, quarantine, tiles
from hub.log.anchor import anchored
from hub.log.due import Due, Echo, Numbers, Sealed, read
from hub.log.purged import mark, root_of, stated
from hub.log.purges import Order, Progress
from hub.log.receive import Receiver
from hub.log.store import EVENTS, LogStore
from hub.log.tables import heads as heads_table
from hub.log.tables import records
from hub.log.verify import verify_log
from hub.vault.forget import Erased, erased_by, forget, forgotten, sweep
from hub.vault.subjects import Vault
from hub.vault.tables import subjects

STREAMS = 2_000
"""Records that are emptied in one transaction."""
PATIENCE = 10
"""Seconds that writing the files anew waits for those who read them; it is tried again with every command."""
PART = 50_000
"""Records, and keys, that the vault forgets in one transaction."""
WRITTEN_ANEW = (EVENTS, "heads", "heard", "refusals", "refused_rows")
"""Tables that held something of what was purged."""


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def under_way(store: LogStore, folder: Path) -> bool:
    """Whether a purge was ordered, and some of its events have content still."""
    emptied = {each.purge for each in purges.progress(store) if each.emptied}
    return any(order.purge not in emptied for order in purges.given(folder))


def settle(store: LogStore, vault: Vault, folder: Path, hub: Callable[[], Receiver], echo: Echo = quiet) -> None:
    """Carry out what was ordered and is not at its end: after a kill, or a log that was put back from a backup.

    Orders that only the log knows are written down again, and told to a vault that was put back.
    """
    there, told = {order.purge for order in purges.given(folder)}, forgotten(vault)
    for each in purges.progress(store):
        if each.position:
            if each.purge not in there:
                purges.give(folder, _stated(store, each.position))
            if _part(each.purge, 0) not in told:
                _tell_again(hub(), each, echo)
    if under_way(store, folder) or not all(each.swept for each in purges.progress(store)):
        with at_work(folder) as alone:
            if alone:
                carry_out(hub(), folder, echo)


def carry_out(hub: Receiver, folder: Path, echo: Echo = quiet) -> None:
    """Every order, the ones first that were begun: an event is emptied under the name of its own statement."""
    for each in purges.progress(hub.store):
        _finish(hub.store, each, None, echo)
    known = {each.purge for each in purges.progress(hub.store)}
    for order in purges.given(folder):
        if order.purge not in known:
            streams = _state(hub, order, echo)
            begun = next(each for each in purges.progress(hub.store) if each.purge == order.purge)
            _finish(hub.store, begun, streams, echo)


def root_due(store: LogStore, due: Due) -> str:
    """The root (RFC 9162) of just the leaves of what is due, as its statement will say it."""
    with store.reading() as connection:
        return root_of(_leaves(connection, due.positions)).hex()


def sweep_log(store: LogStore, echo: Echo) -> bool:
    """Write the log's files anew: what was emptied stands in none of them. False where somebody still reads them."""
    echo("writing the log's files anew, without what was purged")
    postgres = store.database.is_postgres
    if postgres:
        words = [f"SET lock_timeout = '{PATIENCE}s'", f"VACUUM (FULL) {', '.join(WRITTEN_ANEW)}"]
    else:
        settings = (f"busy_timeout={PATIENCE * 1000}", "query_only=OFF")
        words = [*(f"PRAGMA {each}" for each in settings), "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
    try:
        with store.database.told_apart():
            alone = store.database.engine.connect()
            with alone.execution_options(isolation_level="AUTOCOMMIT") as connection:
                raw = driver(connection)
                connection.detach()  # it waits for less long than others do
                for said in words:
                    answer = raw.execute(said)
                return postgres or not answer.fetchone()[0]
    except Retry as error:
        echo(f"{error}: the next command writes the log's files anew")
        return False


@contextmanager
def at_work(folder: Path) -> Iterator[bool]:
    """One process at a time: False where another one is at it. The lock goes with the process, however it ends."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _state(hub: Receiver, order: Order, echo: Echo) -> Numbers:
    """Find what is due, and state that it is purged; the streams of those records."""
    note = anchored(hub.anchor)
    if verify_log(hub.store, hub.signer.verifier, [note] if note else [], echo=echo).found:
        raise Stop("the log is not what it says it is (hub verify): nothing is purged, it would be the last trace")
    sealed = Sealed()
    at = read(hub.store, {order.country: sealed}, 0, hub.store.position(), echo)
    with hub.store.writing() as connection:
        read(hub.store, {order.country: sealed}, at, hub.store.end(connection))
        due = sealed.due(order.until)
        if not len(due.streams):
            purges.enter(connection, order, 0)
            return due.streams
        own.state_within(hub, connection, f"purge|{order.purge}", _statement(connection, order, due))
        purges.enter(connection, order, hub.store.end(connection))
        for some in _some(due.streams, PART):
            heads.empty(connection, some)
        heard.forget_all(connection)
        quarantine.drop(connection, order.country, f"{order.until + 1}")
        _tell_the_vault(hub, connection, order, due)
        newest = checkpoint.latest(connection)
    if newest is not None:
        checkpoint.write_anchor(hub.anchor, newest)
    sweep(hub.vault)
    return due.streams


def _stated(store: LogStore, position: int) -> Order:
    """The order that a statement in the log was made of."""
    ((_, _, _, _, state),) = store.read(position - 1, position, 1)
    said = stated(state)
    if said is None:
        raise Stop(f"position {position} is to state a purge, and does not: hub verify")
    return Order(said.purge, said.country, said.until, said.reason, said.approvals)


def _statement(connection: sa.Connection, order: Order, due: Due) -> LogPurged:
    return LogPurged(
        purge=order.purge,
        country=order.country,
        until=order.until,
        reason=order.reason,
        records=len(due.streams),
        events=len(due.positions),
        first_position=int(due.positions[0]),
        last_position=int(due.positions[-1]),
        root=root_of(_leaves(connection, due.positions)).hex(),
        approvals=order.approvals,
    )


def _leaves(connection: sa.Connection, positions: Numbers) -> Iterator[bytes]:
    """The leaves at some positions, in order, as the tree's tiles have them: those of one tile at a time."""
    places = positions - 1
    for tile, start in zip(*np.unique(places // tiles.WIDTH, return_index=True), strict=True):
        hashes = tiles.read(connection, 0, int(tile))
        of_tile = places[start : start + tiles.WIDTH]
        inside = of_tile[of_tile // tiles.WIDTH == tile] % tiles.WIDTH
        yield b"".join(hashes[at * tiles.HASH : (at + 1) * tiles.HASH] for at in inside.tolist())


def _tell_the_vault(hub: Receiver, connection: sa.Connection, purge: Order | Progress, due: Due) -> None:
    """Destroy the country's keys under which nothing is sealed any more; no purged record is believed again.

    The last step before the commit. Killed in between, the same is told again.
    """
    with hub.vault.database.reading() as people:
        keys: Sequence[int] = people.scalars(sa.select(subjects.c.key).where(subjects.c.country == purge.country)).all()
    spare = sorted(set(keys) - set(due.living.tolist()))
    gone = sorted(_records(connection, due.streams))
    done = forgotten(hub.vault)
    for number, start in enumerate(range(0, max(len(spare), len(gone)), PART)):
        part = _part(purge.purge, number)
        before = erased_by(hub.vault, part) if part in done else Erased(frozenset(), frozenset())
        some = Erased(before.keys.union(spare[start : start + PART]), before.records.union(gone[start : start + PART]))
        erasing.keep(hub.erasures / part, some)
        forget(hub.vault, part, some)


def _tell_again(hub: Receiver, purge: Progress, echo: Echo) -> None:
    """The same, to a vault that was put back, and the folder beside it too: the log alone knows of the purge."""
    sealed = Sealed()
    with hub.store.writing() as connection:
        read(hub.store, {purge.country: sealed}, 0, hub.store.end(connection), echo)
        _tell_the_vault(hub, connection, purge, sealed.due(0)._replace(streams=_purged(connection)))
    sweep(hub.vault)


def _part(purge: str, number: int) -> str:
    """The request under which the vault knows a part of a purge."""
    return sha256(f"{purge}|{number}".encode()).hexdigest()[:32]


def _purged(connection: sa.Connection) -> Numbers:
    """The streams of all purged records, in order."""
    emptied = sa.select(heads_table.c.stream).where(heads_table.c.scope == heads.PURGED)
    return np.sort(np.fromiter(connection.scalars(emptied), np.int64))


def _records(connection: sa.Connection, streams: Numbers) -> Iterator[bytes]:
    """The records behind streams, by one look at all records."""
    found = connection.execution_options(stream_results=True).execute(sa.select(records.c.record, records.c.stream))
    for some in found.partitions(PART):
        here = np.isin(np.array([row.stream for row in some], np.int64), streams)
        yield from (bytes(some[at].record) for at in np.flatnonzero(here).tolist())


def _finish(store: LogStore, purge: Progress, streams: Numbers | None, echo: Echo) -> None:
    """Empty the events of a purge that the log has stated, and sweep. `streams` None: of all purged records."""
    if not purge.emptied:
        if streams is None:
            with store.reading() as connection:
                streams = _purged(connection)
        done = 0
        for some in _some(streams, STREAMS):
            with store.writing() as connection:
                _empty(connection, some, purge.position)
            done += len(some)
            if done % (50 * STREAMS) == 0 or done == len(streams):
                echo(f"emptied {done:,} of {len(streams):,} records")
        with store.writing() as connection:
            purges.move(connection, purge.purge)
    if not purge.swept and sweep_log(store, echo):
        with store.writing() as connection:
            purges.move(connection, purge.purge, swept=True)


def _empty(connection: sa.Connection, streams: list[int], statement: int) -> None:
    names = [f"{stream:032x}" for stream in streams]
    wanted = sa.text(
        f"UPDATE {EVENTS} SET topic = :mark, state = :nothing "  # noqa: S608 - our own name
        "WHERE originator_id IN :names AND state <> :nothing"
    ).bindparams(sa.bindparam("names", expanding=True))
    connection.execute(wanted, {"mark": mark(statement), "nothing": b"", "names": names})


def _some(streams: Numbers, size: int) -> Iterator[list[int]]:
    return (streams[start : start + size].tolist() for start in range(0, len(streams), size))
