"""This installation's stores and keys, opened together and closed together."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

import sqlalchemy as sa

from hub.database import Database, open_database
from hub.edge.epochs import Keys, held, linking, shared, source
from hub.edge.seal import Readers
from hub.edge.tokens import TokenSource
from hub.embedded import SMALL_PAGE
from hub.events.wire import HUB_TENANT, public_key
from hub.keyfiles import secret
from hub.log import acts, purging
from hub.log.erasing import settle
from hub.log.notes import Signer, Verifier, log_signer
from hub.log.receive import Receiver
from hub.log.store import LogStore
from hub.log.tables import deliveries, heard, records
from hub.settings import Settings
from hub.vault.epochs import country_of
from hub.vault.keys import RECORDS, KeySource, VaultKeys, key_files
from hub.vault.rotation import finish
from hub.vault.subjects import Vault
from hub.vault.tables import subjects

READERS = ("vault/tokens", "hub/rows")
"""Keys that partners seal to: what the hub states itself was not made with them."""


class Installation(NamedTuple):
    """Everything on one machine, as `hub ingest` and `hub demo` use it. A partner's edge alone needs `token_keys`."""

    settings: Settings
    secrets: KeySource
    store: LogStore
    vault: Vault
    vault_keys: VaultKeys

    @property
    def receiver(self) -> Receiver:
        """What applies deliveries."""
        settings = self.settings
        return Receiver(
            self.store, self.vault, self.payload_secret, self.signer, settings.anchor_path, settings.erasures_path
        )

    @property
    def signer(self) -> Signer:
        """Signs what the log has become."""
        return log_signer(self.secrets)

    @property
    def payload_secret(self) -> bytes:
        """Opens the rows of deliveries."""
        return self.secrets("hub/rows")

    def token_keys(self, partner: str, link: str | None = None) -> Keys:
        """The partner's own token keys. They never leave the partner; here both sides are one machine.

        `link`: a purpose, for which persons are named by the country's key. It is put there, never made on first use.
        """
        own = held(self.settings.keys_dir / "edge" / partner, lambda name: self.secrets(f"edge/{partner}/{name}"))
        if link is None:
            return own
        country = country_of(partner)
        folder = self.settings.keys_dir / national(country, link)
        theirs = shared(folder, lambda name: secret(folder / name, create=False))
        return linking(own, theirs, partner=partner, country=country, purpose=link)

    def tokens(self, partner: str, country: str, link: str | None = None) -> TokenSource:
        """Tokens by which the vault finds a person: of one epoch, also in a window."""
        return source(self.token_keys(partner, link), partner=partner, country=country, window=False)

    def readers(self, partner: str) -> Readers:
        """Who may open the parts of this partner's deliveries."""
        return Readers(self.vault_keys.reader, public_key(self.payload_secret), public_key(self.opener(partner)))

    def opener(self, partner: str) -> bytes:
        """The partner's secret key, for what is sealed to it."""
        return self.secrets(f"edge/{partner}/quarantine")

    @property
    def verifier(self) -> Verifier:
        """The key by which receipts are checked."""
        return self.signer.verifier


def national(country: str, purpose: str) -> str:
    """The folder of a country's keys for one purpose, by epochs, which its partners hold and the hub does not."""
    return f"national/{country}/{purpose}"


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """Open log, vault and keys, made on first use."""
    with ExitStack() as opened:
        log = open_database(settings.log_url, "log")
        opened.callback(log.close)
        store = opened.enter_context(closing(LogStore(log)))
        people = open_database(settings.vault_url, "vault", secure_delete=True, page=SMALL_PAGE)
        opened.callback(people.close)
        secrets = key_files(settings.keys_dir, lambda name: in_use(log, people, name))
        keys = VaultKeys(secrets)
        vault = Vault(people, keys)
        settle(store, vault, settings.erasures_path)
        finish(vault, settings.keys_dir)
        hub = Installation(settings, secrets, store, vault, keys)
        if settings.acts_path.is_dir():
            acts.settle(hub.receiver, settings.acts_path)
        purging.settle(store, vault, settings.purges_path, lambda: hub.receiver)
        yield hub


def in_use(log: Database, vault: Database, name: str) -> bool:
    """Whether something was already made with the key of this name: a lost key is a stop, never a new key."""
    of = name.split("/")
    if of[0] == "vault" and len(of) == 3:
        return _any(vault, sa.select(subjects.c.key).where(subjects.c.country == of[1]))
    if of[0] == "edge":
        return _any(log, sa.select(deliveries.c.ordinal).where(deliveries.c.partner == of[1]))
    if name == RECORDS:  # not by deliveries: one whose rows were all refused names no record
        return _any(log, sa.select(records.c.stream)) or _any(log, sa.select(heard.c.ordinal))
    if name in READERS:
        return _any(log, sa.select(deliveries.c.ordinal).where(deliveries.c.partner != HUB_TENANT))
    return _any(log, sa.select(deliveries.c.ordinal))


def _any(database: Database, question: "sa.Select[int]") -> bool:
    with database.reading() as connection:
        return connection.execute(question.limit(1)).first() is not None
