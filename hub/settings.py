"""Where this installation keeps its state: the environment, read once, as one frozen object."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from hub.errors import Stop


@dataclass(frozen=True)
class Settings:
    """Paths below HUB_HOME (default `./var`), and the databases of a team. Nothing is created by reading them.

    The URLs may hold a password: they are not shown.
    """

    home: Path
    database: str | None = field(default=None, repr=False)
    warehouse_url: str | None = field(default=None, repr=False)
    vault_database: str | None = field(default=None, repr=False)
    answer_every: float = 1.0
    """Seconds of a step, at whose end senders get their answers; 0: at once, where there is nobody to hide from."""

    @classmethod
    def from_env(cls) -> "Settings":
        """The settings of this process. Raises Stop for a value of another form, and does not show it."""
        return cls(
            Path(os.environ.get("HUB_HOME", "var")).absolute(),
            _postgres("HUB_DATABASE"),
            _postgres("HUB_WAREHOUSE_DATABASE"),
            _postgres("HUB_VAULT_DATABASE"),
            _seconds("HUB_ANSWER_EVERY", cls.answer_every),
        )

    @property
    def log_url(self) -> str:
        """The event log's database: `<HUB_DATABASE>_log`, or a SQLite file."""
        return self._url("log", self.log_path)

    @property
    def vault_url(self) -> str:
        """Subject ids and data keys: a database of their own, HUB_VAULT_DATABASE as it is, which may stand on another
        server and have a role of its own; or `<HUB_DATABASE>_vault`; or a SQLite file.
        """
        return self.vault_database or self._url("vault", self.vault_path)

    @property
    def log_path(self) -> Path:
        """The event log, where it is a SQLite file."""
        return self.home / "log.sqlite"

    @property
    def vault_path(self) -> Path:
        """Subject ids and data keys, where they are a SQLite file, with its own, shorter backups."""
        return self.home / "vault.sqlite"

    @property
    def anchor_path(self) -> Path:
        """The log's newest checkpoint, outside of the log."""
        return self.home / "checkpoint"

    @property
    def erasures_path(self) -> Path:
        """Who was forgotten, by key handles and records: outside of log and vault, so that no restore undoes it."""
        return self.home / "erasures"

    @property
    def purges_path(self) -> Path:
        """Which purges were ordered: outside of the log, so that no restore undoes them."""
        return self.home / "purges"

    @property
    def acts_path(self) -> Path:
        """What custodians approved: outside of the log, so that no restore undoes it."""
        return self.home / "acts"

    @property
    def retention_path(self) -> Path:
        """How long each country's records are kept; see docs/retention.md."""
        return self.home / "retention.yaml"

    @property
    def warehouse_path(self) -> Path:
        """The enclave's warehouse (DuckDB). Nobody reads it by hand."""
        return self.home / "warehouse.duckdb"

    @property
    def release_path(self) -> Path:
        """The only database that readers open (DuckDB)."""
        return self.home / "release.duckdb"

    @property
    def keys_dir(self) -> Path:
        """Key files, 0600 each, in a 0700 folder."""
        return self.home / "keys"

    @property
    def deliveries_dir(self) -> Path:
        """Sealed deliveries on their way from the edge to the log."""
        return self.home / "deliveries"

    def _url(self, name: str, path: Path) -> str:
        if self.database is None:
            return f"sqlite:///{quote(str(path))}"
        server, mark, options = self.database.partition("?")
        return f"{server}_{name}{mark}{options}"


def _postgres(variable: str) -> str | None:
    """A database URL from the environment. A wrong one is not shown: there may be a password in it."""
    url = os.environ.get(variable)
    if url and not re.fullmatch(r"postgresql://[^/?]*/[^/?]+([?].*)?", url):
        raise Stop(f"{variable} is not of the form postgresql://user@host:port/name")
    return url or None


def _seconds(variable: str, default: float) -> float:
    """Seconds from the environment, up to an hour."""
    said = os.environ.get(variable)
    if said and not (re.fullmatch(r"[0-9]{1,4}([.][0-9]+)?", said) and float(said) <= 3600):
        raise Stop(f"{variable} is not a number of seconds, 0 to 3600")
    return float(said) if said else default
