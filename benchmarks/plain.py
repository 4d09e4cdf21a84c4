"""The same work done plainly, or by the raw library alone: what the pipe is measured against."""

import csv
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import blake2b, sha256
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from pydantic import TypeAdapter

from hub.events.contact import ContactHeld

DAY = date(2025, 1, 1)
Event = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state."""


def dict_reader(path: Path, encoding: str, separator: str) -> int:
    """csv.DictReader over the file."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return sum(1 for _ in csv.DictReader(file, delimiter=separator))


def rows_read(path: Path, encoding: str, separator: str) -> int:
    """csv.reader over the file: rows as lists, once."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=separator)) - 1


def validated(facts: Sequence[bytes]) -> int:
    """pydantic's validation of the finished facts, and nothing else."""
    check = TypeAdapter(ContactHeld).validate_json
    for fact in facts:
        check(fact)
    return len(facts)


def hashed(rows: int) -> int:
    """Two HMAC-SHA-256 a row, the pads worked out once and copied."""
    inner, outer = sha256(b"6" * 64), sha256(b"\\" * 64)
    for _ in range(rows):
        for message in (b"record token of some length", b"person token of some length"):
            inside, outside = inner.copy(), outer.copy()
            inside.update(message)
            outside.update(inside.digest())
            outside.digest()
    return rows


def sealed(rows: int, size: int = 512) -> int:
    """One AES-256-GCM a row, one key for all."""
    seal, nonce, plain = AESGCM(b"k" * 32).encrypt, b"n" * 12, b"p" * size
    for _ in range(rows):
        seal(nonce, plain, None)
    return rows


def hashed_and_sealed(rows: int) -> int:
    """Both."""
    hashed(rows)
    return sealed(rows)


def all_cryptography(rows: int, size: int = 512, stored: int = 660) -> int:
    """What no row can do without, edge and log together: four HMAC, a content hash, a key set up, a seal, a leaf."""
    nonce, plain, leaf = b"n" * 12, b"p" * size, b"s" * stored
    keys = [number.to_bytes(32, "big") for number in range(rows)]
    hashed(2 * rows)
    for key in keys:
        blake2b(plain[:200], digest_size=16, key=key).digest()
        AESGCM(key).encrypt(nonce, plain, leaf[:140])
        sha256(leaf).digest()
    return rows


def bulk_insert(path: str, events: Sequence[Event], commit_every: int = 0) -> int:
    """The same events, already made, into the library's table of SQLite in order: executemany, some commits."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA cache_size=-262144",
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB, "
        "PRIMARY KEY (originator_id, originator_version))",
    ):
        connection.execute(statement)
    for some in _some(events, commit_every):
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO stored_events VALUES (?,?,?,?)", (each[1:] for each in some))
        connection.execute("COMMIT")
    connection.close()
    return len(events)


def bulk_copy(url: str, events: Sequence[Event], commit_every: int = 0) -> int:
    """The same events, already made, into the library's table of PostgreSQL: binary COPY, one commit or several."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE plain_events (originator_id text, originator_version bigint, topic text, state bytea, "
            "notification_id bigint UNIQUE, PRIMARY KEY (originator_id, originator_version))"
        )
        for some in _some(events, commit_every):
            with cursor.copy("COPY plain_events FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(("text", "int8", "text", "bytea", "int8"))
                for position, stream, version, topic, state in some:
                    copy.write_row((stream, version, topic, state, position))
            connection.commit()
    return len(events)


def _some(events: Sequence[Event], number: int) -> Iterator[Sequence[Event]]:
    number = number or len(events)
    return (events[start : start + number] for start in range(0, len(events), number))


class Contact(Aggregate):
    """A contact as the library's tutorial would have it."""

    @event("Held")
    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held


def aggregates(environment: dict[str, str], path: Path, encoding: str, separator: str, rows: int, until: float) -> int:
    """The library used plainly: read a row, validate it, make an aggregate, save it. `until`: by `monotonic`."""
    done = 0
    plain = Application[uuid.UUID](env={**environment, "APPLICATION_NAME": "plain"})
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for row in islice(csv.DictReader(file, delimiter=separator), rows):
            held = ContactHeld(occurred_on=DAY, sex="F")
            plain.save(Contact(held={**row, **held.model_dump(mode="json")}))
            done += 1
            if monotonic() > until:
                break
    plain.close()
    return done
