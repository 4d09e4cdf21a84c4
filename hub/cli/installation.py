"""This installation's stores and keys, opened together and closed together."""

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """Open log, vault and keys below HUB_HOME, made on first use."""
    secrets = key_files(settings.keys_dir)
    keys = VaultKeys(secrets)
    store = LogStore(settings.log_path)
    vault = open_vault(settings.vault_path, keys)
    try:
        yield Installation(settings, secrets, store, vault, keys)
    finally:
        vault.close()
        store.close()
