"""A partner's key rotated and closed, a country's K2 rolled, and what the vault then holds. For tests."""

from pathlib import Path

import sqlalchemy as sa

from hub import keyfiles
from hub.cli.installation import Installation
from hub.edge.epochs import destroy_old, rotate
from hub.vault import rotation
from hub.vault.tables import subjects
from tests.pipe import row

PARTNER, COUNTRY = "pt-test", "PT"
ROWS = [row(n) for n in range(12)]


def folder_of(hub: Installation) -> Path:
    return hub.settings.keys_dir / "edge" / PARTNER


def begin(hub: Installation) -> int:
    return rotate(folder_of(hub), partner=PARTNER, country=COUNTRY)


def close(hub: Installation, *, confirmed: bool = False) -> rotation.Window:
    closed = rotation.close(hub.vault, PARTNER, confirmed=confirmed)
    destroy_old(folder_of(hub))
    return closed


def roll(hub: Installation) -> int:
    number = rotation.layers_of(hub.vault, COUNTRY) + 1
    keyfiles.secret(hub.settings.keys_dir / "vault" / COUNTRY / f"k2-{number}")
    return rotation.roll(hub.vault, COUNTRY, number)


def stored(hub: Installation, column: str) -> set[bytes]:
    with hub.vault.database.reading() as connection:
        return set(map(bytes, connection.scalars(sa.select(subjects.c[column]))))
