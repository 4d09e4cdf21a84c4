"""A delivery → the log, whole or not at all. Durable first; the receipt is the acknowledgement, and it comes last."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from eventsourcing.sqlite import SQLiteCursor
from pydantic import ValidationError

from hub.errors import Reject
from hub.events.delivery import DeliveryClosed
from hub.events.wire import (
    EVERYTHING,
    NO_PERIOD,
    Delivery,
    Header,
    Receipt,
    Row,
    StatedFact,
    binding,
    open_sealed,
    unpack_rows,
)
from hub.log import heads as heads_of
from hub.log import quarantine
from hub.log.check import check_refusals, check_row
from hub.log.deliveries import enter, known_receipt, store_receipt
from hub.log.reconcile import Head, differences
from hub.log.recorders import LogStore
from hub.log.writer import Writer
from hub.vault.subjects import Handle, Vault

FEW, MOST = 100, 0.5
"""A complete delivery that would retract more than this, in number and share, is put aside until it is confirmed."""


def receive(
    store: LogStore,
    vault: Vault,
    payload_secret: bytes,
    delivery: Delivery,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    echo: Callable[[str], None] = lambda _line: None,
) -> Receipt:
    """Apply a delivery and answer its receipt. A delivery already applied answers the receipt it had.

    Raises Reject when the delivery was torn or changed on the way: nothing of it is then in the log.
    """
    header = delivery.header
    with store.writing() as cursor:
        ordinal = enter(cursor, header, now())
        if ordinal is None:
            return known_receipt(cursor, header.delivery)
        applying = _Applying(store, vault, cursor, header, ordinal, f"{now():%Y-%m}")
        bound = binding(header, delivery.refusals)
        for number, chunk in enumerate(delivery.chunks):
            try:
                handles = vault.handles(
                    chunk.tokens, f"{bound}|tokens|{number}", partner=header.partner, country=header.country
                )
                rows = unpack_rows(open_sealed(chunk.rows, payload_secret, f"{bound}|rows|{number}"))
            except (InvalidTag, ValueError):
                raise Reject(f"delivery {header.delivery}: chunk {number} does not open") from None
            applying.rows(rows, handles)
            echo(f"applied {applying.stated:,} of {header.rows:,} rows")
        applying.close(delivery)
        receipt = applying.receipt()
        store_receipt(cursor, ordinal, receipt)
    return receipt


class _Applying:
    """One delivery on its way into the log, within one transaction."""

    def __init__(
        self, store: LogStore, vault: Vault, cursor: SQLiteCursor, header: Header, ordinal: int, month: str
    ) -> None:
        self._store, self._vault, self._cursor, self._header = store, vault, cursor, header
        self._ordinal = ordinal
        self._writer = Writer(tenant=header.partner, country=header.country, dataset=header.dataset, month=month)
        self._scopes: dict[str, int] = {}
        self._seen: set[bytes] = set()
        self._left: set[int] = set()
        self._streams = 0
        self.stated = self._accepted = self._unchanged = self._events = 0

    def rows(self, rows: list[Row], handles: list[Handle]) -> None:
        """Reconcile a chunk: look its heads up at once, append the differences at once."""
        if len(rows) != len(handles):
            raise Reject(f"delivery {self._header.delivery}: tokens and rows do not match")
        standing = heads_of.load(self._cursor, [handle.record for handle in handles])
        moved: dict[bytes, Head] = {}
        for row, handle in zip(rows, handles, strict=True):
            self._seen.add(handle.record)
            if row.facts:
                self._check(row, handle)
                self._row(row, handle, standing, moved)
        heads_of.save(self._cursor, moved)
        self._append()

    def _check(self, row: Row, handle: Handle) -> None:
        try:
            check_row(row, handle, self._header.covers)
        except ValidationError:
            raise Reject(f"delivery {self._header.delivery}: a fact breaks its event's schema") from None
        except ValueError as error:
            raise Reject(f"delivery {self._header.delivery}: {error}") from None

    def _row(self, row: Row, handle: Handle, standing: dict[bytes, Head], moved: dict[bytes, Head]) -> None:
        self.stated += 1
        scope = self._scope(row.period)
        head = standing.get(handle.record)
        # A plan is stated whole; and what was said of another person does not stand beside what is said of this one.
        other = head is not None and handle.subject is not None and head.key_id != handle.subject.key_id
        whole = self._header.complete or handle.subject is None or other
        key = handle.subject.data_key if handle.subject else b""
        changes, kept = differences(head.facts if head else (), row.facts, key, whole=whole)
        if not changes:
            self._unchanged += 1
            if head is None or head.scope == scope:
                return
        else:
            self._accepted += 1
        if head is not None and head.scope != scope:
            self._left.add(head.scope)
        before = head._replace(scope=scope) if head else Head(self._new_stream(), 0, scope, None, ())
        after = self._writer.write(before, changes, kept, handle.subject)
        standing[handle.record] = moved[handle.record] = after

    def close(self, delivery: Delivery) -> None:
        """What the delivery says as a whole: records it no longer states, rows refused, periods closed."""
        header = self._header
        if self.stated != header.rows:
            raise Reject(f"delivery {header.delivery}: {self.stated} rows came, {header.rows} were sent")
        try:
            check_refusals(delivery)
        except ValueError as error:
            raise Reject(f"delivery {header.delivery}: {error}") from None
        covered = [self._scope(period) for period in header.covers if period not in (NO_PERIOD, EVERYTHING)]
        if header.complete:
            self._retract_absent()
        quarantine.put_aside(self._cursor, delivery)
        self._events_of_rows = self._events
        for scope in covered:
            self._close_period(scope, complete=header.complete)
        for scope in sorted(self._left - set(covered)):
            self._close_period(scope, complete=False)

    def receipt(self) -> Receipt:
        """The delivery's receipt, once closed."""
        header = self._header
        self._cursor.execute("SELECT MAX(rowid) FROM stored_events")
        return Receipt(
            delivery=header.delivery,
            partner=header.partner,
            dataset=header.dataset,
            received=header.rows + header.refused,
            accepted=self._accepted,
            unchanged=self._unchanged,
            quarantined=header.refused,
            events=self._events_of_rows,
            position=self._cursor.fetchone()[0] or 0,
        )

    def _retract_absent(self) -> None:
        header = self._header
        scopes = heads_of.covered(self._cursor, header.partner, header.dataset, header.covers)
        absent = [
            (record, head) for record, head in heads_of.standing(self._cursor, scopes) if record not in self._seen
        ]
        standing = len(absent) + len(self._seen)
        if len(absent) > max(FEW, standing * MOST) and not header.confirmed:
            raise Reject(
                f"delivery {header.delivery} is complete and leaves out {len(absent):,} of {standing:,} records of "
                f"{', '.join(header.covers)}: if that is meant, confirm the retractions"
            )
        moved = {}
        for record, head in absent:
            changes, kept = differences(head.facts, (), b"", whole=True)
            after = self._writer.write(head, changes, kept, None)
            moved[record] = after._replace(key_id=head.key_id)
        heads_of.save(self._cursor, moved)
        self._append()

    def _close_period(self, scope: int, *, complete: bool) -> None:
        """State how many records stand in a period, unless that was stated before."""
        header = self._header
        period, whole = heads_of.closed(self._cursor, scope, complete=complete)
        if period == NO_PERIOD:
            return
        data = {
            "dataset": header.dataset,
            "period": period,
            "complete": whole,
            "records": heads_of.count_standing(self._cursor, scope),
        }
        record = self._vault.record_hash(header.partner, f"delivery|{header.dataset}|{period}".encode())
        fact = StatedFact(DeliveryClosed.topic(), "", json.dumps(data).encode())
        head = heads_of.load(self._cursor, [record]).get(record)
        changes, kept = differences(head.facts if head else (), [fact], b"", whole=True)
        if changes:
            before = head or Head(self._new_stream(), 0, self._scope(NO_PERIOD), None, ())
            heads_of.save(self._cursor, {record: self._writer.write(before, changes, kept, None)})
            self._append()

    def _append(self) -> None:
        events = self._writer.take()
        self._events += len(events)
        self._store.append(self._cursor, events)

    def _scope(self, period: str) -> int:
        if period not in self._scopes:
            self._scopes[period] = heads_of.scope(self._cursor, self._header.partner, self._header.dataset, period)
        return self._scopes[period]

    def _new_stream(self) -> str:
        """Ordered for the index's sake: the delivery's number and the record's in it. No time, no partner key."""
        self._streams += 1
        return f"{self._ordinal:016x}{self._streams:016x}"
