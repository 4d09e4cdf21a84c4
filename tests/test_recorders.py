"""Our recorders are held to the library's own test cases, on both engines: also as aggregate and process recorders."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresProcessRecorder
from eventsourcing.sqlite import SQLiteDatastore, SQLiteProcessRecorder
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)

from hub.log.recorders import BulkPostgresRecorder, BulkSQLiteRecorder
from tests.postgres import fresh_database


class AsAggregates:
    """The same inserts, as a recorder whose positions nobody asks for."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)  # type: ignore[misc]


class SQLiteAggregates(AsAggregates, BulkSQLiteRecorder): ...


class PostgresAggregates(AsAggregates, BulkPostgresRecorder): ...


class SQLiteProcess(SQLiteProcessRecorder, BulkSQLiteRecorder): ...


class PostgresProcess(PostgresProcessRecorder, BulkPostgresRecorder): ...


class Ids:
    """Ids of streams are text, as the hub has them, or the library's UUIDs."""

    ids = "text"

    def new_originator_id(self) -> str | UUID:
        return uuid4().hex if self.ids == "text" else uuid4()


class OnSQLite(Ids):
    recorder_class: type = BulkSQLiteRecorder

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def create_recorder(self):
        # Not closed here: some of the library's cases end before their reading threads do.
        datastore = SQLiteDatastore(str(self.folder / "log.sqlite"), lock_timeout=60, originator_id_type=self.ids)
        recorder = self.recorder_class(datastore)
        recorder.create_table()
        return recorder


class OnPostgres(Ids):
    recorder_class: type = BulkPostgresRecorder

    def create_recorder(self):
        self.datastore = postgres_datastore(fresh_database(), self.ids)
        self.addCleanup(self.datastore.close)
        recorder = self.recorder_class(self.datastore)
        recorder.create_table()
        return recorder


def postgres_datastore(url: str, ids: str = "text") -> PostgresDatastore:
    """The library's datastore on a database of the test server."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return PostgresDatastore(
        parts.path.strip("/"),
        parts.hostname or query["host"],
        parts.port or query["port"],
        parts.username or "",
        parts.password or "",
        pool_size=1,
        max_overflow=10,
        connect_timeout=30,
        originator_id_type=ids,  # type: ignore[arg-type]
    )


class TestSQLiteAggregates(OnSQLite, AggregateRecorderTestCase):
    recorder_class = SQLiteAggregates


class TestSQLiteApplication(OnSQLite, ApplicationRecorderTestCase): ...


class TestSQLiteApplicationWithUuids(OnSQLite, ApplicationRecorderTestCase):
    ids = "uuid"
    test_performance = test_concurrent_no_conflicts = test_concurrent_throughput = None  # as above


class TestSQLiteTracking(OnSQLite, TrackingRecorderTestCase):
    recorder_class = SQLiteProcess


class TestSQLiteProcess(OnSQLite, ProcessRecorderTestCase):
    recorder_class = SQLiteProcess


class TestSQLitePositionsDoNotInterleave(OnSQLite, NonInterleavingNotificationIDsBaseCase): ...


class TestPostgresAggregates(OnPostgres, AggregateRecorderTestCase):
    recorder_class = PostgresAggregates


class TestPostgresApplication(OnPostgres, ApplicationRecorderTestCase):
    def test_insert_and_subscribe(self) -> None:
        self.optional_test_insert_subscribe()

    def test_positions_have_no_hole_after_the_librarys_own_recorder(self) -> None:
        ours = self.create_recorder()
        theirs = PostgresApplicationRecorder(self.datastore)
        events = [StoredEvent(f"{number:032x}", 1, "topic", b"") for number in range(6)]
        assert ours.insert_events(events[:2]) == [1, 2]
        assert theirs.insert_events(events[2:4]) == [3, 4]
        assert ours.insert_events(events[4:5]) == [5]
        assert theirs.insert_events(events[5:]) == [6]


class TestPostgresApplicationWithUuids(OnPostgres, ApplicationRecorderTestCase):
    ids = "uuid"
    test_performance = test_concurrent_no_conflicts = test_concurrent_throughput = None  # as above


class TestPostgresTracking(OnPostgres, TrackingRecorderTestCase):
    recorder_class = PostgresProcess


class TestPostgresProcess(OnPostgres, ProcessRecorderTestCase):
    recorder_class = PostgresProcess


class TestPostgresPositionsDoNotInterleave(OnPostgres, NonInterleavingNotificationIDsBaseCase): ...


del (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    TrackingRecorderTestCase,
    ProcessRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)
