"""Our recorder is held to the library's own test case, which includes that of aggregate recorders."""

from uuid import uuid4

from eventsourcing.sqlite import SQLiteDatastore
from eventsourcing.tests.persistence import ApplicationRecorderTestCase

from hub.log.recorders import BulkSQLiteRecorder


class TestApplicationRecorder(ApplicationRecorderTestCase):
    def create_recorder(self):
        recorder = BulkSQLiteRecorder(SQLiteDatastore(f"file:{uuid4().hex}?mode=memory&cache=shared"))
        recorder.create_table()
        return recorder
