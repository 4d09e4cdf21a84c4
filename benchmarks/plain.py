"""The same work done plainly, or by the raw library alone: what the pipe is measured against."""

import csv
import hmac
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from hub.events.contact import ContactHeld

Event = tuple[int, str, int, str, bytes]


def dict_reader(path: Path, encoding: str, separator: str) -> int:
    """csv.DictReader over the file."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return sum(1 for _ in csv.DictReader(file, delimiter=separator))


def validated(exact: Sequence[dict[str, Any]]) -> int:
    """pydantic's validation of the finished facts, and nothing else."""
    for data in exact:
        ContactHeld.model_validate(data)
    return len(exact)


def hashed_and_sealed(rows: int) -> int:
    """Two HMAC-SHA-256 and one AES-256-GCM of 512 bytes a row, one key for all."""
    key, nonce, plain = AESGCM(b"k" * 32), b"n" * 12, b"p" * 512
    for _ in range(rows):
        hmac.digest(b"k" * 32, b"record token of some length", "sha256")
        hmac.digest(b"k" * 32, b"person token of some length", "sha256")
        key.encrypt(nonce, plain, None)
    return rows


def bulk_insert(folder: Path, events: Sequence[Event]) -> int:
    """The same events, already made, into the same table of SQLite: one executemany, one commit."""
    with sqlite3.connect(folder / "bulk.sqlite", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
            "PRIMARY KEY (originator_id, originator_version))"
        )
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO stored_events VALUES (?,?,?,?)", [event[1:] for event in events])
        connection.execute("COMMIT")
    connection.close()
    return len(events)


def one_by_one(folder: Path, events: Sequence[Event]) -> int:
    """The library used plainly: one call, one commit an event."""
    datastore = SQLiteDatastore(str(folder / "plain.sqlite"), originator_id_type="text")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    for _, stream, version, topic, state in events:
        recorder.insert_events([StoredEvent(stream, version, topic, state)])
    datastore.close()
    return len(events)


def arrow_insert(rows: int) -> int:
    """DuckDB: twenty finished text columns from Arrow into a table, one transaction."""
    with duckdb.connect() as connection:
        connection.register("batch", pa.table({f"c{n}": ["some text"] * rows for n in range(20)}))
        connection.execute("CREATE TABLE t AS SELECT * FROM batch")
    return rows
