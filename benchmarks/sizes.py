"""How large an installation's stores are."""

from pathlib import Path

import sqlalchemy as sa

from hub.cli.installation import Installation
from hub.database import open_database


def sizes(hub: Installation) -> dict[str, int]:
    """Bytes of log and vault, with their write-ahead files or indexes."""
    settings = hub.settings
    return {"log": _size(settings.log_url, settings.log_path), "vault": _size(settings.vault_url, settings.vault_path)}


def _size(url: str, path: Path) -> int:
    if url.startswith("sqlite:"):
        return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
    database = open_database(url, "sizes")
    try:
        with database.reading() as connection:
            return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    finally:
        database.close()
