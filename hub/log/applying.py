"""Rows of a delivery → differences → events, within one transaction. See `receive` for the whole."""

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from hub.errors import Reject
from hub.events.columns import WHOLE, Stated
from hub.events.delivery import DeliveryClosed
from hub.events.facts import StatedFact, coded, join
from hub.events.wire import EVERYTHING, NO_PERIOD, Closing, Header
from hub.log import heads as heads_of
from hub.log import heard as heard_of
from hub.log import purges, scopes
from hub.log.appending import Appending
from hub.log.behind import Behind
from hub.log.heads import head_of
from hub.log.reconcile import Head, HeadRow, differences
from hub.log.replaying import Replayed
from hub.log.writer import Beginning, Writer
from hub.vault.subjects import FORGOTTEN, Handle, Subject, Vault

FEW, MOST = 100, 0.5
"""A complete delivery that would retract more than this, in number and share, is put aside until it is confirmed."""
RECORDS = 32
"""A stream's number is its delivery's, then the record's in it: ordered for the index's sake, and without a time."""


class Applying:
    """One delivery on its way into the log."""

    def __init__(
        self,
        appending: Appending,
        vault: Vault,
        header: Header,
        ordinal: int,
        month: str,
        behind: Behind,
        replayed: Replayed | None = None,
    ) -> None:
        self._replayed = replayed
        self._log, self._vault, self._header, self._behind = appending, vault, header, behind
        self._writer = Writer(tenant=header.partner, country=header.country, dataset=header.dataset, month=month)
        self._next = ordinal << RECORDS
        self._scopes: dict[str, int] = {}
        self._ordinal = ordinal
        self._seen = array("q")
        self._chunks: list[heard_of.Heard] = []
        self._moved = False
        self._left: set[int] = set()
        self.periods: set[str] = set()
        self.stated = self.accepted = self.unchanged = self.events = 0

    @property
    def connection(self) -> sa.Connection:
        """The log's transaction."""
        return self._log.connection

    def heard(self, mark: bytes) -> bool:
        """Count a chunk whose every record already says what it states, if this is one."""
        self._behind.wait()
        known = heard_of.known(self.connection, mark)
        if known is None:
            return False
        self._chunks.append(known)
        self._seen.frombytes(known.streams.tobytes())
        self.periods.update(known.periods)
        self.stated += known.stated
        self.unchanged += known.stated
        return True

    def rows(self, stated: Stated, handles: list[Handle], mark: bytes) -> None:
        """Reconcile a chunk: its heads are looked up at once, the differences appended at once."""
        self._behind.wait()
        stated_before, first = self.stated, len(self._seen)
        standing = heads_of.load(self.connection, [handle.record for handle in handles])
        scope_of = {period: self._scope(NO_PERIOD if period == WHOLE else period) for period in set(stated.periods)}
        known = (head.stream for head in standing.values())
        later = self._replayed.said_since(known) if self._replayed else frozenset[int]()
        beginnings: dict[bytes, Beginning] = {}
        moved: dict[int, Head] = {}
        again = []
        for (record, subject), period, facts in zip(handles, stated.periods, stated.facts, strict=True):
            if subject is FORGOTTEN or (record in standing and standing[record].stream in later):
                self.stated += bool(facts)
                self.unchanged += bool(facts)
            elif record in standing or record in beginnings:
                again.append((record, subject, period, facts))
            elif period == WHOLE and not facts:
                # Taken back before it was heard of: there is nothing to take back.
                self.stated += 1
                self.unchanged += 1
            elif facts:
                self._next += 1
                beginnings[record] = Beginning(self._next, scope_of[period], facts, subject)
        new = self._writer.begin(beginnings.values())
        begun = [(record, row[0]) for record, row in zip(beginnings, new, strict=True)]
        self.stated += len(begun)
        self.accepted += len(begun)
        self._seen.extend([head.stream for head in standing.values()])
        self._seen.extend([stream for _, stream in begun])
        if again and beginnings:
            standing |= {record: head_of(row) for record, row in zip(beginnings, new, strict=True)}
        for record, subject, period, facts in again:
            before = standing[record]
            whole = period == WHOLE
            after = self._row(before, subject, scope_of[period], facts, whole=whole) if facts or whole else before
            if after is not before:
                standing[record] = moved[after.stream] = after
        self._save(begun, new, moved)
        if len({record for record, _ in handles}) == len(handles) and not later:
            streams = np.array(self._seen[first:], np.int64)
            periods = tuple(period for period in scope_of if period not in (NO_PERIOD, WHOLE))
            self._chunks.append(heard_of.Heard(mark, self.stated - stated_before, periods, streams))

    def _row(
        self, head: Head, subject: Subject | None, scope: int, facts: tuple[StatedFact, ...], *, whole: bool
    ) -> Head:
        """A known record's head afterwards: the same one, where the row says nothing new."""
        self.stated += 1
        if head.scope == heads_of.PURGED:
            self.unchanged += 1
            return head
        # A plan is stated whole; and what was said of another person does not stand beside what is said of this one.
        other = subject is not None and head.key != subject.key
        whole = whole or self._header.complete or subject is None or other
        changes, kept = differences(head.facts, facts, subject.data_key if subject else b"", whole=whole)
        if not changes:
            self.unchanged += 1
            if head.scope == scope:
                return head
        else:
            self.accepted += 1
        if head.scope != scope:
            self._left.add(head.scope)
        after = self._writer.write(head._replace(scope=scope), changes, kept, subject)
        # A row that takes a record back names nobody: it is still about whom it was about.
        return after if facts else after._replace(key=head.key)

    def close(self, closing: Closing) -> None:
        """What the delivery says as a whole: records it no longer states, and periods closed."""
        name = f"delivery {self._header.delivery}"
        self._behind.wait()
        if self.stated != closing.rows:
            raise Reject(f"{name}: {self.stated} rows came, {closing.rows} were sent", "rows-differ")
        if not self.periods <= {NO_PERIOD, *closing.covers}:
            raise Reject(f"{name}: a period that its closing does not name", "other-period")
        covered = [self._scope(period) for period in closing.covers if period not in (NO_PERIOD, EVERYTHING)]
        if closing.complete:
            self._retract_absent(closing)
        header = self._header
        chunks, moved = self._chunks, self._moved
        heard_of.keep(self.connection, header.partner, header.dataset, self._ordinal, chunks, moved=moved)
        self.events_of_rows = self.events
        for scope in covered:
            self._close_period(scope, complete=closing.complete)
        for scope in sorted(self._left - set(covered)):
            self._close_period(scope, complete=False)

    def _retract_absent(self, closing: Closing) -> None:
        header = self._header
        covered = scopes.covered(self.connection, header.partner, header.dataset, closing.covers)
        standing = heads_of.standing(self.connection, covered)
        seen = np.unique(np.frombuffer(self._seen, np.int64)) if self._seen else np.empty(0, np.int64)
        absent = np.setdiff1d(standing, seen, assume_unique=True)
        known = len(absent) + len(seen)
        if len(absent) > max(FEW, known * MOST) and not header.confirmed:
            raise Reject(
                f"delivery {header.delivery} is complete and leaves out {len(absent):,} of {known:,} records of "
                f"{', '.join(closing.covers)}: if that is meant, confirm the retractions",
                "leaves-out-most",
            )
        moved = {}
        for stream, head in heads_of.by_stream(self.connection, absent.tolist()).items():
            changes, kept = differences(head.facts, (), b"", whole=True)
            moved[stream] = self._writer.write(head, changes, kept, None)._replace(key=head.key)
        self._save((), (), moved)
        self._behind.wait()

    def _close_period(self, scope: int, *, complete: bool) -> None:
        """State how many records stand in a period, unless that was stated before."""
        header = self._header
        period, whole = scopes.closed(self.connection, scope, complete=complete)
        if period == NO_PERIOD or int(period[:4]) <= purges.until(self.connection, header.country):
            return  # of a period whose records were purged, nobody could say how many there are
        records = heads_of.count_standing(self.connection, scope)
        event = DeliveryClosed(dataset=header.dataset, period=period, complete=whole, records=records)
        record = self._vault.record_hash(header.partner, header.dataset, f"delivery|{period}".encode())
        fact = StatedFact(event.topic(), "", join(coded(event).values))
        self.state(record, fact, self._scope(NO_PERIOD))

    def state(self, record: bytes, fact: StatedFact, scope: int) -> bool:
        """Append a public fact of the hub's own, unless its stream says just that. Whether it was new."""
        head = heads_of.load(self.connection, [record]).get(record)
        changes, kept = differences(head.facts if head else (), [fact], b"", whole=True)
        if changes:
            self._next += 0 if head else 1
            before = head or Head(self._next, 0, scope, None, ())
            after = self._writer.write(before, changes, kept, None)
            began = () if head else [(record, after.stream)]
            self._save(began, [], {after.stream: after})
            self._behind.wait()
        return bool(changes)

    def _save(self, begun: Sequence[tuple[bytes, int]], new: Sequence[HeadRow], moved: Mapping[int, Head]) -> None:
        """Write heads and events, behind what comes next."""
        if not new and not moved:
            return
        self._moved |= bool(moved)
        events, leaves = self._writer.take()
        self.events += len(events)

        def write() -> None:
            heads_of.save(self.connection, begun, new, moved)
            self._log.add(events, leaves)

        self._behind.start(write)

    def _scope(self, period: str) -> int:
        if period not in self._scopes:
            self.periods.add(period)
            header = self._header
            self._scopes[period] = scopes.number(self.connection, header.partner, header.dataset, period)
        return self._scopes[period]
