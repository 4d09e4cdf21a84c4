"""This installation's stores and keys, opened together and closed together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from hub.edge.seal import Readers
from hub.edge.tokens import PartnerTokens
from hub.events.wire import public_key
from hub.log.recorders import LogStore
from hub.settings import Settings
from hub.vault.keys import KeySource, VaultKeys, key_files
from hub.vault.subjects import Vault, open_vault


class Installation(NamedTuple):
    """Everything on one machine, as `hub ingest` and `hub demo` use it. A partner's edge alone needs `edge_keys`."""

    settings: Settings
    secrets: KeySource
    store: LogStore
    vault: Vault
    vault_keys: VaultKeys

    @property
    def payload_secret(self) -> bytes:
        """Opens the rows of deliveries."""
        return self.secrets("hub/rows")

    def tokens(self, partner: str, country: str) -> PartnerTokens:
        """The partner's own token key. It never leaves the partner; here both sides are one machine."""
        return PartnerTokens(self.secrets(f"edge/{partner}/tokens"), partner=partner, country=country)

    def readers(self, partner: str) -> Readers:
        """Who may open the parts of this partner's deliveries."""
        own = public_key(self.secrets(f"edge/{partner}/quarantine"))
        return Readers(self.vault_keys.reader, public_key(self.payload_secret), own)


def in_use(settings: Settings, name: str) -> bool:
    """Whether something was already made with the key of this name: a lost key is a stop, never a new key."""
    of = name.split("/")
    if of[0] == "vault" and len(of) == 3:
        return _any(settings.vault_path, "SELECT 1 FROM subjects WHERE country = ?", of[1])
    if of[0] == "edge":
        return _any(settings.log_path, "SELECT 1 FROM deliveries WHERE partner = ?", of[1])
    return _any(settings.log_path, "SELECT 1 FROM deliveries WHERE partner <> ?", "")


def _any(path: Path, question: str, value: str) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:
        try:
            return database.execute(f"{question} LIMIT 1", (value,)).fetchone() is not None
        except sqlite3.OperationalError:
            return False  # no such table yet: nothing was ever made here


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """Open log, vault and keys below HUB_HOME, made on first use."""
    secrets = key_files(settings.keys_dir, lambda name: in_use(settings, name))
    keys = VaultKeys(secrets)
    store = LogStore(settings.log_path)
    vault = open_vault(settings.vault_path, keys)
    try:
        yield Installation(settings, secrets, store, vault, keys)
    finally:
        vault.close()
        store.close()
