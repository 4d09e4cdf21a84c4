"""A partner's own installation: its keys, and the hub's public ones. No log, no vault, nothing to open.

`hub.public`, which the hub writes (`hub keys public`), makes a home an edge: then nothing is sealed to another hub.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub import keyfiles
from hub.edge.epochs import Keys, held, linking, shared
from hub.edge.seal import Readers
from hub.errors import Stop
from hub.events.wire import pack, public_key
from hub.log.notes import Verifier, read_key
from hub.settings import Settings

NAME = "hub.public"


class Sealing(Protocol):
    """Who can seal a delivery: an edge, or a whole installation."""

    @property
    def settings(self) -> Settings:
        """Where its state is."""
        ...

    def token_keys(self, partner: str, link: str | None = None) -> Keys:
        """The partner's own token keys, or the country's for a purpose."""
        ...

    def readers(self, partner: str) -> Readers:
        """Who may open the parts of this partner's deliveries."""
        ...

    @property
    def verifier(self) -> Verifier:
        """The hub's key by which its receipts are checked."""
        ...

    def opener(self, partner: str) -> bytes:
        """The partner's secret key, for what is sealed to it: its refused rows, and the hub's answers."""
        ...


class Public(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hub's public keys (X25519, in hex), and the one by which it signs (a verifier, as `hub checkpoint` has it)."""

    vault: str
    rows: str
    log: str


class Edge(NamedTuple):
    """An edge alone."""

    settings: Settings
    public: Public

    def token_keys(self, partner: str, link: str | None = None) -> Keys:
        """See Sealing."""
        folder = self.settings.keys_dir / "edge" / partner
        own = held(folder, lambda name: self._key(f"edge/{partner}/{name}"))
        if link is None:
            return own
        country = partner[:2].upper()
        theirs = self.settings.keys_dir / "national" / country / link
        keys = shared(theirs, lambda name: keyfiles.secret(theirs / name, create=False))
        return linking(own, keys, partner=partner, country=country, purpose=link)

    def readers(self, partner: str) -> Readers:
        """See Sealing."""
        try:
            vault, rows = (
                X25519PublicKey.from_public_bytes(bytes.fromhex(each)) for each in (self.public.vault, self.public.rows)
            )
        except ValueError:
            raise Stop(f"{NAME} holds no keys: take it from the hub again") from None
        return Readers(vault, rows, public_key(self.opener(partner)))

    @property
    def verifier(self) -> Verifier:
        """See Sealing."""
        return read_key(self.public.log)

    def opener(self, partner: str) -> bytes:
        """See Sealing."""
        return self._key(f"edge/{partner}/quarantine")

    def _key(self, name: str) -> bytes:
        path = self.settings.keys_dir / name
        return keyfiles.secret(path, create=not self._used())

    def _used(self) -> bool:
        """Whether something was already sealed: a lost key is a stop then, never a new key."""
        return any((self.settings.home / "outbox").glob("*/*"))


def read_public(home: Path) -> Public | None:
    """The hub's public keys in a home; None where there are none. Raises Stop for a file that is wrong."""
    try:
        return msgspec.json.decode((home / NAME).read_bytes(), type=Public)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise Stop(f"{NAME} is not what `hub keys public` writes: take it from the hub again") from None


def public_of(hub: Sealing) -> bytes:
    """A hub's `hub.public`."""
    readers = hub.readers("eu-hub")
    vault, rows = (each.public_bytes_raw().hex() for each in (readers.vault, readers.hub))
    return pack(Public(vault, rows, str(hub.verifier))) + b"\n"


@contextmanager
def sealing(settings: Settings) -> Iterator[Sealing]:
    """The edge in this home; where the hub's own keys are, the whole installation does an edge's work."""
    public = read_public(settings.home)
    if public is not None:
        yield Edge(settings, public)
        return
    from hub.cli.installation import installation

    with installation(settings) as hub:
        yield hub
