"""Token → random subject and data key, in batches. Write-only for receivers: an answer never tells new from known."""

import secrets
import struct
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from hub.database import Database, insert_rows, look_up, replace_rows
from hub.errors import Stop
from hub.events.wire import NOBODY, Header, open_sealed
from hub.vault.epochs import Epochs, Standing, hold, of_header, read_column, standing
from hub.vault.keys import VaultKeys
from hub.vault.tables import aliases, forgotten_records, given, made, metadata, subjects

NONCE = 12
REMEMBERED = 200_000
"""Persons of one delivery that are remembered from chunk to chunk."""
DRAWN = struct.Struct(f"16s32s{NONCE}s")
"""What is random of a new subject: its id, its data key, the nonce that the key is wrapped with."""
BOUND = struct.Struct(">q16s")
"""What a wrapped key is bound to: its handle and its subject. A row cannot lend its key to another one."""


class Subject(NamedTuple):
    """A person, to the hub: random per country. `data_key` seals all that is known of them, `key` is its handle."""

    subject: bytes
    key: int
    data_key: bytes


FORGOTTEN = Subject(b"", 0, b"")
"""Whoever a record of a forgotten person is about: nothing is said of them any more."""


class Handle(NamedTuple):
    """What the receiver may know of a row: where its record stands, and under whose key. None: about nobody."""

    record: bytes
    subject: Subject | None


class Vault:
    """The vault's database. One transaction a batch; committed before the log, where a spare row does no harm."""

    def __init__(self, database: Database, keys: VaultKeys) -> None:
        self.database, self.keys = database, keys
        database.create(metadata)

    def close(self) -> None:
        """Give the database back."""
        self.database.close()

    def open_tokens(self, sealed_tokens: bytes, context: str) -> bytes:
        """A chunk's token column, opened. Raises InvalidTag."""
        return open_sealed(sealed_tokens, self.keys.opener, context)

    def mark(self, header: Header, tokens: bytes, rows: bytes) -> bytes:
        """Names the opened content of a chunk. Another name once its tokens are of no epoch that is open."""
        epochs = of_header(header)
        with self.database.reading() as connection:
            seen = standing(connection, epochs.domain, header.country)
        said = (
            header.partner,
            header.dataset,
            epochs.domain,
            *map(str, (header.complete, *epochs.numbers, seen.epoch)),
        )
        return self.keys.chunk_mark("\0".join(said), tokens, rows)

    def handles(
        self,
        column: bytes,
        *,
        partner: str,
        dataset: str,
        country: str,
        met: dict[bytes, Subject] | None = None,
        epochs: Epochs | None = None,
    ) -> list[Handle]:
        """One handle a row of a chunk's token column. Unknown persons get a random subject and key.

        `met` remembers the persons of earlier chunks. It must live for one delivery and no longer: whoever is forgotten
        in between would otherwise get events under a key that is gone. `epochs` are the tokens'; else the partner's
        first. Raises Reject for tokens of another epoch than the vault's.
        """
        epochs = epochs or Epochs(partner)
        with self.database.reading() as connection:
            seen = standing(connection, epochs.domain, country)
        named, tokens, following = read_column(column, epochs, seen.epoch)
        records = self.keys.record_hashes(partner, dataset)(named)
        gone = self._forgotten(records)
        if gone:
            tokens = tuple(NOBODY if record in gone else token for record, token in zip(records, tokens, strict=True))
        known = {} if met is None or len(met) > REMEMBERED else met
        persons = [token for token in dict.fromkeys(tokens) if token != NOBODY and token not in known]
        place = self.keys.subject_rows(country, seen.layers)
        rows = place(persons)
        found = self._resolve(country, rows, epochs.domain, seen)
        if following:
            next_rows = place(map(following.__getitem__, persons))
            self._alias(country, epochs.domain, seen, dict(zip(next_rows, rows, strict=True)), found)
        known.update(zip(persons, map(found.__getitem__, rows), strict=True))
        handles = list(map(Handle, records, map(known.get, tokens)))
        if gone:
            return [each._replace(subject=FORGOTTEN) if each.record in gone else each for each in handles]
        return handles

    def record_hash(self, partner: str, dataset: str, name: bytes) -> bytes:
        """The place of one record, by its token or by the hub's own name for it (a closed period)."""
        return self.keys.record_hashes(partner, dataset)([name])[0]

    def open_keys(self, keys: Iterable[int]) -> dict[int, bytes]:
        """Data keys by handle. A destroyed key is simply not there."""
        with self.database.reading() as connection:
            rows = look_up(connection, subjects, subjects.c.key, list(set(keys)))
        return dict(zip([row[0] for row in rows], self._unwrap(rows), strict=True))

    def last(self) -> int:
        """The last handle that was given; 0 for none."""
        with self.database.reading() as connection:
            return last_given(connection)

    def _forgotten(self, records: Sequence[bytes]) -> set[bytes]:
        """Which of these records are a forgotten person's."""
        with self.database.reading() as connection:
            if connection.execute(sa.select(forgotten_records.c.record).limit(1)).first() is None:
                return set()
            return {row[0] for row in look_up(connection, forgotten_records, forgotten_records.c.record, records)}

    def _resolve(self, country: str, tokens: Sequence[bytes], domain: str, seen: Standing) -> dict[bytes, Subject]:
        with self.database.reading() as connection:
            last = last_given(connection)
            found = self._select(connection, tokens)
        missing = [token for token in tokens if token not in found]
        if missing:
            with self.database.writing(subjects.name) as connection:
                hold(connection, domain, country, seen)
                if last_given(connection) != last:  # another receiver was here, perhaps with the same persons
                    found |= self._select(connection, missing)
                    missing = [token for token in missing if token not in found]
                found |= self._make(connection, country, missing, domain)
        return found

    def _select(self, connection: sa.Connection, tokens: Sequence[bytes]) -> dict[bytes, Subject]:
        rows = look_up(connection, subjects, subjects.c.token, tokens)
        return {
            token: Subject(subject, key, data_key)
            for (key, token, _, subject, _), data_key in zip(rows, self._unwrap(rows), strict=True)
        }

    def _alias(
        self,
        country: str,
        domain: str,
        seen: Standing,
        following: dict[bytes, bytes],
        found: dict[bytes, Subject],
    ) -> None:
        """Note where subjects will stand in the next epoch: their rows of this one by the next."""
        keys = {token: found[row].key for token, row in following.items()}
        with self.database.reading() as connection:
            known = {row[0] for row in look_up(connection, aliases, aliases.c.token, list(keys))}
        new = [(token, key) for token, key in keys.items() if token not in known]
        if new:
            with self.database.writing(subjects.name) as connection:
                hold(connection, domain, country, seen)
                replace_rows(connection, aliases, new)

    def _make(
        self, connection: sa.Connection, country: str, tokens: Sequence[bytes], domain: str
    ) -> dict[bytes, Subject]:
        last = last_given(connection)
        wrap = self.keys.wrapping(country).encrypt
        drawn = DRAWN.iter_unpack(secrets.token_bytes(DRAWN.size * len(tokens)))
        new: dict[bytes, Subject] = {}
        rows: list[tuple[Any, ...]] = []
        for key, (token, (subject, data_key, nonce)) in enumerate(zip(tokens, drawn, strict=True), last + 1):
            new[token] = Subject(subject, key, data_key)
            rows.append((key, token, country, subject, nonce + wrap(nonce, data_key, BOUND.pack(key, subject))))
        if not rows:
            return new
        insert_rows(connection, subjects, rows)
        insert_rows(connection, made, [(last + 1, last + len(rows), domain)])
        connection.execute((sa.update(given) if last else sa.insert(given)).values(last=last + len(rows)))
        return new

    def _unwrap(self, rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
        """The data keys of rows, in their order."""
        unwrap = {country: self.keys.wrapping(country).decrypt for country in {row[2] for row in rows}}
        bound = BOUND.pack
        try:
            return [
                unwrap[country](wrapped[:NONCE], wrapped[NONCE:], bound(key, subject))
                for key, _, country, subject, wrapped in rows
            ]
        except InvalidTag:
            named = ", ".join(sorted(unwrap))
            raise Stop(f"a data key does not open under the wrapping key of {named}: is it the right key?") from None


def last_given(connection: sa.Connection) -> int:
    """The same, within a transaction."""
    return int(connection.scalar(sa.select(sa.func.max(given.c.last))) or 0)
