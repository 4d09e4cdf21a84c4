"""A partner asks that persons be forgotten: what the log does, what it tells the vault, and what survives a restore.

Three places know of every request: an event in the log, the vault, and a file outside of both. Whichever of them was
put back from a backup, the next command that opens them forgets again, before anything is opened.
"""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import sqlalchemy as sa

from hub.errors import Reject, Stop
from hub.events.facts import StatedFact, coded, join
from hub.events.subject import MOST_FORGOTTEN, SubjectForgotten
from hub.events.wire import ERASURE, Closing, Header, ProvenReceipt
from hub.log import heads, heard
from hub.log.applying import Applying
from hub.log.outside import rewrite
from hub.log.sealed import split
from hub.log.store import LogStore
from hub.log.tables import deliveries, handed
from hub.vault.forget import Erased, erased_by, forget, forgotten, raise_last, sweep
from hub.vault.subjects import Vault

FEW_FORGOTTEN = 50
"""A request for more persons than this is put aside until it is confirmed."""
REQUEST = re.compile(r"[0-9a-f]{32}")


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of one request, in hex."""

    keys: list[str]
    records: list[str]


def state(
    vault: Vault,
    applying: Applying,
    header: Header,
    closing: Closing,
    keys: set[int],
    *,
    approved: Callable[[], bool] = lambda: True,
) -> Erased:
    """Append what is forgotten, within the delivery's transaction. Raises Reject for more than was confirmed, or than
    is forgotten without custodians where there are some."""
    name, number = f"delivery {header.delivery}", max(closing.rows, len(keys))  # as it says, or as it does
    if number > MOST_FORGOTTEN:
        raise Reject(f"{name} names more than {MOST_FORGOTTEN:,} persons to forget", "forgets-many")
    if number > FEW_FORGOTTEN and not header.confirmed:
        raise Reject(f"{name} names {number:,} persons to forget: if that is meant, confirm it", "forgets-many")
    if number > FEW_FORGOTTEN and not approved():
        raise Reject(
            f"{name} names {number:,} persons to forget: two custodians have to approve it (hub custody ask)",
            "needs-approval",
        )
    connection = applying.connection
    before = erased_by(vault, header.delivery)  # a try that was killed before its commit
    gone = before.keys | keys
    streams = heads.of_keys(connection, gone)
    heads.silence(connection, streams)
    heard.forget_all(connection)
    event = SubjectForgotten(request=header.delivery, reason=header.erases, keys=tuple(map(_handle, sorted(gone))))
    fact = StatedFact(event.topic(), "", join(coded(event).values))
    applying.state(_record(vault, header.partner, header.delivery), fact, 0)
    return Erased(gone, before.records | heads.records_of(connection, streams))


def keep_last(connection: sa.Connection, vault: Vault) -> None:
    """Write down, in the log, which handle the vault gave last."""
    last, before = vault.last(), connection.scalar(sa.select(handed.c.last))
    if last != before:
        connection.execute((sa.insert(handed) if before is None else sa.update(handed)).values(last=last))


def settle(store: LogStore, vault: Vault, folder: Path) -> None:
    """Whatever one of log, vault and folder knows to be forgotten, the vault forgets, and the folder holds."""
    asked = sa.select(deliveries.c.delivery, deliveries.c.partner).where(
        deliveries.c.dataset == ERASURE, deliveries.c.receipt.is_not(None)
    )
    with store.reading() as connection:
        partners = {row.delivery: row.partner for row in connection.execute(asked)}
        last = int(connection.scalar(sa.select(sa.func.max(handed.c.last))) or 0)
    done, kept = forgotten(vault), _kept(folder)
    again = sorted((partners.keys() | kept) - done)
    if vault.last() < last or again:
        # One of the stores was put back: what was heard before is to be said again.
        with store.writing() as connection:
            heard.forget_all(connection)
    if vault.last() < last:
        raise_last(vault, last)
    for request in again:
        keys, records = _read(folder / request) if request in kept else (_keys(store, vault, partners, request), [])
        with store.reading() as connection:
            found = heads.records_of(connection, heads.of_keys(connection, keys))
        forget(vault, request, Erased(frozenset(keys), found.union(records)))
    for request in sorted((done | partners.keys()) - kept):
        keep(folder / request, erased_by(vault, request))
    sweep(vault)


def newest(store: LogStore) -> int:
    """The position at which somebody was forgotten last: a view that stands before it is made anew. 0 for never."""
    receipt, ordinal = deliveries.c.receipt, deliveries.c.ordinal
    asked = sa.select(receipt).where(deliveries.c.dataset == ERASURE, receipt.is_not(None))
    with store.reading() as connection:
        found = connection.scalar(asked.order_by(ordinal.desc()).limit(1))
    return msgspec.json.decode(found, type=ProvenReceipt).receipt.position if found else 0


def keep(path: Path, erased: Erased) -> None:
    """Write down, outside of log and vault, what a request destroys."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    kept = _Kept([_handle(key) for key in sorted(erased.keys)], [record.hex() for record in sorted(erased.records)])
    rewrite(path, lambda: msgspec.json.encode(kept).decode())


def _handle(key: int) -> str:
    """A handle as events name it."""
    return f"{key:016x}"


def _record(vault: Vault, partner: str, request: str) -> bytes:
    return vault.record_hash(partner, ERASURE, request.encode())


def _keys(store: LogStore, vault: Vault, partners: dict[str, str], request: str) -> list[int]:
    """The handles that the log's own event names."""
    record = _record(vault, partners[request], request)
    with store.reading() as connection:
        stream = heads.streams_of(connection, [record]).get(record)
    if stream is None:
        raise Stop(f"delivery {request} asked for an erasure, and the log has no event of it: hub verify")
    ((_, _, _, _, event),) = store.stream(f"{stream:032x}")
    return [int(key, 16) for key in msgspec.json.decode(split(event)[2])["data"]["keys"]]


def _kept(folder: Path) -> set[str]:
    """The requests that the folder holds."""
    try:
        return {path.name for path in folder.iterdir() if REQUEST.fullmatch(path.name)}
    except FileNotFoundError:
        return set()


def _read(path: Path) -> tuple[list[int], list[bytes]]:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        return [int(key, 16) for key in kept.keys], [bytes.fromhex(record) for record in kept.records]
    except (msgspec.DecodeError, ValueError):
        raise Stop(f"what the folder of erasures says of {path.name} is damaged: put it back from a copy") from None
