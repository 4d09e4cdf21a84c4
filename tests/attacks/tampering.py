"""A small log that is whole, attacked and put back, by seed. `python -m tests.attacks.tampering COUNT [SEED]`."""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from hub.database import open_database, replace_rows
from hub.events.wire import Receipt, pack
from hub.log import checkpoint, tiles
from hub.log.notes import SIGNED, Signer, signer
from hub.log.store import LogStore, Stored
from hub.log.tables import deliveries, heads
from hub.log.verify import Report, verify_log
from tests.attacks.on_events import ON_EVENTS, ON_SQLITE, TOPIC, Attacker, Did
from tests.attacks.on_proofs import ON_PROOFS

SIGNER = signer(b"\x01" * 32, "hub.example/log", SIGNED)
ATTACKS = ON_EVENTS + ON_PROOFS
CONTROL = 20
"""Attacks from one look at the log that was put back to the next: it must be whole."""


def append(store: LogStore, rng: random.Random, number: int, *, events: int, by: Signer = SIGNER) -> str:
    """One delivery as the receiver writes it: events of new and old streams, tree, checkpoint, receipt. Its note."""
    with store.writing() as connection:
        frontier = tiles.load(connection, store.end(connection))
        versions = {row.stream: row.version for row in connection.execute(sa.select(heads.c.stream, heads.c.version))}
        made: list[Stored] = []
        moved: dict[int, int] = {}
        for at in range(events):
            old = versions and rng.random() < 0.4
            stream = rng.choice(list(versions)) if old else (number << 32) + at
            version = versions[stream] = moved[stream] = versions.get(stream, 0) + 1
            made.append((f"{stream:032x}", version, TOPIC, b"{}|7|x|" + rng.randbytes(rng.choice((0, 60, 700)))))
        store.append(connection, made)
        replace_rows(connection, heads, [(stream, version, 1, None, b"") for stream, version in moved.items()])
        frontier.add(tiles.leaf_hashes(made))
        frontier.save(connection)
        size = frontier.size
        if size:
            checkpoint.keep(connection, size, frontier.root(), by)
        receipt = Receipt(f"{number:032x}", "pt-test", "contacts", "", events, events, 0, 0, events, size)
        proven = checkpoint.prove(connection, receipt, frontier, by)
        row = (number, receipt.delivery, "pt-test", "PT", "contacts", False, "2025-01-01", "", pack(proven))
        connection.execute(sa.insert(deliveries).values(row))
    return proven.proof.checkpoint


class Log(NamedTuple):
    """A log that is whole, kept so that it can be put back, and the checkpoint that was written elsewhere."""

    url: str
    anchor: str
    kept: Path

    @property
    def file(self) -> Path:
        return Path(str(sa.make_url(self.url).database))

    def tamper(self, rng: random.Random, attack: Callable[[Attacker], Did] | None = None) -> Did:
        """One attack, drawn or given."""
        database = open_database(self.url, "log")
        postgres = database.is_postgres
        attack = attack or rng.choice(ATTACKS if postgres else ATTACKS + ON_SQLITE)
        with closing(database), database.writing("stored_events") as connection:
            place = "notification_id" if postgres else "rowid"
            size = connection.exec_driver_sql(f"SELECT MAX({place}) FROM stored_events").scalar_one()
            return attack(Attacker(connection, rng, size, place))

    def restore(self) -> None:
        """Put the whole log back (SQLite)."""
        self.file.with_name(f"{self.file.name}-wal").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)

    def verify(self, *, anchored: bool = True, workers: int | None = 1) -> Report:
        with closing(LogStore(open_database(self.url, "log"))) as store:
            return verify_log(store, SIGNER.verifier, [self.anchor] if anchored else [], workers=workers)


def whole_log(url: str, folder: Path, *, seed: int = 1, number: int = 12, most: int = 90) -> Log:
    """A log of some deliveries, one of them empty."""
    rng = random.Random(seed)
    with closing(LogStore(open_database(url, "log"))) as store:
        for ordinal in range(1, number + 1):
            note = append(store, rng, ordinal, events=0 if ordinal == number // 2 else rng.randint(1, most))
    log = Log(url, note, folder / "kept")
    if url.startswith("sqlite"):
        shutil.copyfile(log.file, log.kept)
    return log


def campaign(count: int, seed: int) -> int:
    """Attack `count` times; the number that was not seen, or for another reason."""
    rng, unseen = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as folder:
        for at in range(count):
            if at % 500 == 0:
                log = whole_log(f"sqlite:///{folder}/{at}.sqlite", Path(folder), seed=seed + at)
            did = log.tamper(rng)
            found = set(log.verify().found)
            log.restore()
            if not found & did.rules:
                unseen += 1
                print(f"attack {at}: {did.what}: found {sorted(found)}")
            if at % CONTROL == 0 and log.verify().found:
                raise AssertionError("the log that was put back is not whole")
    return unseen


if __name__ == "__main__":
    missed = campaign(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(f"{missed} of {sys.argv[1]} attacks not seen")
    sys.exit(bool(missed))
