"""Persons are forgotten: rows and data keys destroyed, and no file of the vault holds them any more.

Their records' keyed hashes stay, so that a later backfill does not bring them back. Nothing here can be undone.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.database import BLOCK, driver, look_up, replace_rows
from hub.events.wire import TOKEN_BYTES, open_sealed
from hub.vault.epochs import Epochs, place_of, standing
from hub.vault.subjects import Vault, last_given
from hub.vault.tables import aliases, erasures, forgotten_keys, forgotten_records, given, subjects, unswept


class Erased(NamedTuple):
    """Data keys by their handles, and the keyed hashes of the records whose events they sealed."""

    keys: frozenset[int]
    records: frozenset[bytes]


def known(vault: Vault, sealed_tokens: bytes, context: str, country: str, epochs: Epochs) -> set[int]:
    """Handles of those persons of a sealed token column whom the vault knows. Nobody is made by being asked for.

    A request names each person by one token. Raises Reject for tokens of another epoch than the vault's.
    """
    if len(epochs.numbers) > 1:
        raise ValueError("an erasure of two epochs")
    column = open_sealed(sealed_tokens, vault.keys.opener, context)
    if len(column) % TOKEN_BYTES:
        raise ValueError("a token column of another length")
    tokens = {column[at : at + TOKEN_BYTES] for at in range(0, len(column), TOKEN_BYTES)}
    with vault.database.reading() as connection:
        seen = standing(connection, epochs.domain, country)
        place_of(epochs, seen.epoch)
        rows = look_up(connection, subjects, subjects.c.token, vault.keys.subject_rows(country, seen.layers)(tokens))
    return {row[0] for row in rows}


def forget(vault: Vault, request: str, erased: Erased) -> None:
    """Destroy data keys, and remember whose records they were. Again: the same. Then `sweep`."""
    with vault.database.writing(subjects.name) as connection:
        for some in _blocks(sorted(erased.keys)):
            connection.execute(sa.delete(subjects).where(subjects.c.key.in_(some)))
            connection.execute(sa.delete(aliases).where(aliases.c.key.in_(some)))
        replace_rows(connection, forgotten_keys, [(key, request) for key in sorted(erased.keys)])
        replace_rows(connection, forgotten_records, [(record, request) for record in sorted(erased.records)])
        connection.execute(sa.delete(erasures).where(erasures.c.request == request))
        connection.execute(sa.insert(erasures).values(request=request, swept=False))


def forgotten(vault: Vault) -> set[str]:
    """Every request that was carried out here."""
    with vault.database.reading() as connection:
        return set(connection.scalars(sa.select(erasures.c.request)))


def erased_by(vault: Vault, request: str) -> Erased:
    """What a request destroyed; nothing for one that was not carried out here."""
    key, record = forgotten_keys.c, forgotten_records.c
    with vault.database.reading() as connection:
        return Erased(
            frozenset(connection.scalars(sa.select(key.key).where(key.request == request))),
            frozenset(map(bytes, connection.scalars(sa.select(record.record).where(record.request == request)))),
        )


def sweep(vault: Vault) -> None:
    """Take what was destroyed out of the vault's files: SQLite's journal, PostgreSQL's dead rows."""
    with vault.database.reading() as connection:
        wanted = sa.select(erasures.c.request).where(sa.not_(erasures.c.swept))
        requests: Sequence[str] = connection.scalars(wanted).all()
        rotated: Sequence[str] = connection.scalars(sa.select(unswept.c.what)).all()
    if not requests and not rotated:
        return
    # Written over on deletion (secure_delete); what stands in the journal goes with it.
    words = (
        f"VACUUM (FULL) {subjects.name}, {aliases.name}"
        if vault.database.is_postgres
        else "PRAGMA wal_checkpoint(TRUNCATE)"
    )
    with vault.database.told_apart():
        alone = vault.database.engine.connect()
        with alone.execution_options(isolation_level="AUTOCOMMIT") as connection:
            swept = driver(connection).execute(words)
            busy = not vault.database.is_postgres and swept.fetchone()[0]
    if not busy:  # else somebody still reads what the journal holds: the next command sweeps
        with vault.database.writing(subjects.name) as connection:
            connection.execute(sa.update(erasures).where(erasures.c.request.in_(requests)).values(swept=True))
            connection.execute(sa.delete(unswept).where(unswept.c.what.in_(rotated)))


def raise_last(vault: Vault, last: int) -> None:
    """No handle up to this one is given again: a vault that was put back does not know of those it gave later."""
    with vault.database.writing(subjects.name) as connection:
        if last_given(connection) < last:
            connection.execute(sa.delete(given))
            connection.execute(sa.insert(given).values(last=last))


def _blocks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + BLOCK] for start in range(0, len(keys), BLOCK))
