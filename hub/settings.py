"""Where this installation keeps its state: the environment, read once, as one frozen object."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Paths below HUB_HOME (default `./var`). Nothing is created by reading them."""

    home: Path

    @classmethod
    def from_env(cls) -> "Settings":
        """The settings of this process."""
        return cls(Path(os.environ.get("HUB_HOME", "var")).absolute())

    @property
    def log_path(self) -> Path:
        """The event log (SQLite)."""
        return self.home / "log.sqlite"

    @property
    def vault_path(self) -> Path:
        """Subject ids and data keys: its own database, with its own, shorter backups."""
        return self.home / "vault.sqlite"

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
