"""Token → random subject and data key, in batches. Write-only for receivers: an answer never tells new from known."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from hub.errors import Retry, Stop
from hub.events.wire import NOBODY, TOKEN_BYTES, open_sealed
from hub.vault.keys import NONCE_BYTES, VaultKeys

LOOKUP = 500
"""Tokens a statement: below every engine's limit of bound values."""

metadata = sa.MetaData()

subjects = sa.Table(
    "subjects",
    metadata,
    sa.Column("token", sa.LargeBinary(32), primary_key=True, comment="t2, never t1"),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("subject", sa.LargeBinary(16), nullable=False),
    sa.Column("key_id", sa.LargeBinary(16), nullable=False),
    sqlite_with_rowid=False,
)
data_keys = sa.Table(
    "data_keys",
    metadata,
    sa.Column("key_id", sa.LargeBinary(16), primary_key=True),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_WANTED: sa.BindParameter[bytes] = sa.bindparam("wanted", expanding=True)
KEYS: sa.Select[bytes, str, bytes] = sa.select(data_keys.c.key_id, data_keys.c.country, data_keys.c.wrapped).where(
    data_keys.c.key_id.in_(_WANTED)
)
SUBJECTS: sa.Select[bytes, bytes, bytes, str, bytes] = (
    sa.select(subjects.c.token, subjects.c.subject, subjects.c.key_id, data_keys.c.country, data_keys.c.wrapped)
    .join(data_keys, data_keys.c.key_id == subjects.c.key_id)
    .where(subjects.c.token.in_(_WANTED))
)


class Subject(NamedTuple):
    """A person, to the hub: random per country. `data_key` seals all that is known of them."""

    subject: bytes
    key_id: bytes
    data_key: bytes


class Handle(NamedTuple):
    """What the receiver may know of a row: where its record stands, and under whose key. None: about nobody."""

    record: bytes
    subject: Subject | None


class Vault:
    """The vault's database. One transaction a batch; committed before the log, where a spare row does no harm."""

    def __init__(self, engine: sa.Engine, keys: VaultKeys) -> None:
        self._engine, self._keys = engine, keys
        with _told_apart():
            metadata.create_all(engine.execution_options(writes=True))

    def close(self) -> None:
        """Give the database back."""
        self._engine.dispose()

    def handles(self, sealed_tokens: bytes, context: str, *, partner: str, country: str) -> list[Handle]:
        """Open a chunk's token column: one handle a row. Unknown persons get a random subject and key."""
        column = open_sealed(sealed_tokens, self._keys.opener, context)
        step = 2 * TOKEN_BYTES
        if len(column) % step:
            raise ValueError("a token column of another length")
        rows = [
            (column[at : at + TOKEN_BYTES], column[at + TOKEN_BYTES : at + step]) for at in range(0, len(column), step)
        ]
        t2 = {token: self._keys.subject_row(country, token) for _, token in rows if token != NOBODY}
        found = self._resolve(country, set(t2.values()))
        record_hash = self._keys.record_hash
        return [
            Handle(record_hash(partner, record), found[t2[token]] if token != NOBODY else None)
            for record, token in rows
        ]

    def record_hash(self, partner: str, name: bytes) -> bytes:
        """The place of a record that the hub itself keeps for a partner (a closed period)."""
        return self._keys.record_hash(partner, name)

    def open_keys(self, key_ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """Data keys by id. A destroyed key is simply not there."""
        wanted = sorted(set(key_ids))
        opened: dict[bytes, bytes] = {}
        with _told_apart(), self._engine.connect() as connection:
            for start in range(0, len(wanted), LOOKUP):
                for key_id, country, wrapped in connection.execute(KEYS, {"wanted": wanted[start : start + LOOKUP]}):
                    opened[key_id] = self._unwrap(country, key_id, wrapped)
        return opened

    def _resolve(self, country: str, tokens: set[bytes]) -> dict[bytes, Subject]:
        with _told_apart(), self._engine.execution_options(writes=True).begin() as connection:
            found = dict(self._select(connection, sorted(tokens)))
            missing = sorted(tokens - found.keys())
            made = {token: Subject(*(secrets.token_bytes(n) for n in (16, 16, 32))) for token in missing}
            if made:
                self._insert(connection, country, made)
        return found | made

    def _select(self, connection: sa.Connection, tokens: Sequence[bytes]) -> Iterable[tuple[bytes, Subject]]:
        for start in range(0, len(tokens), LOOKUP):
            wanted = {"wanted": tokens[start : start + LOOKUP]}
            for token, subject, key_id, country, wrapped in connection.execute(SUBJECTS, wanted):
                yield token, Subject(subject, key_id, self._unwrap(country, key_id, wrapped))

    def _insert(self, connection: sa.Connection, country: str, made: dict[bytes, Subject]) -> None:
        people = [(token, country, who.subject, who.key_id) for token, who in made.items()]
        keys = sorted((who.key_id, country, self._wrap(country, who)) for who in made.values())
        for table, rows in ((subjects, people), (data_keys, keys)):
            connection.execute(sa.insert(table), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])

    def _wrap(self, country: str, who: Subject) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._keys.wrapping(country).encrypt(nonce, who.data_key, who.key_id)

    def _unwrap(self, country: str, key_id: bytes, wrapped: bytes) -> bytes:
        try:
            return self._keys.wrapping(country).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id)
        except InvalidTag:
            raise Stop(f"a data key does not open under the wrapping key of {country}: is it the right key?") from None


@contextmanager
def _told_apart() -> Iterator[None]:
    """The database's errors, by what to do about them, without what was asked."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise Retry(f"the vault could not be used ({error.orig}): a full disk, or another receiver at work") from None
    except sa.exc.DatabaseError as error:
        raise Stop(f"the vault refused ({type(error.orig).__name__}): nothing of it was kept") from None


def open_vault(path: Path, keys: VaultKeys) -> Vault:
    """The vault in a SQLite file of its own, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    sa.event.listen(engine, "connect", _tune)
    sa.event.listen(engine, "begin", _begin)
    return Vault(engine, keys)


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    # The time-out first: already the switch to the write-ahead log waits for other receivers that start now.
    for pragma in (
        "busy_timeout=60000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-262144",
        "secure_delete=ON",
        "wal_autocheckpoint=20000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """A writer takes the lock before it reads: two receivers never make two subjects of one token."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
