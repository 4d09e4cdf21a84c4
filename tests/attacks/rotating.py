"""Keys that were changed and destroyed: who has them still finds nobody, and nobody was lost on the way."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from hub import keyfiles
from hub.cli.installation import Installation, installation
from hub.database import look_up
from hub.edge.epochs import Keys, destroy_old, epochs_in, rotate, source
from hub.log import tiles
from hub.settings import Settings
from hub.vault import rotation
from hub.vault.keys import VaultKeys, key_files
from hub.vault.tables import subjects
from tests.attacks.attack import Attack, Outcome
from tests.pipe import Pipe, row

PERSONS, ROTATIONS = 10_000, 3
PARTNER, COUNTRY = "pt-test", "PT"
WHOSE = {"partner": PARTNER, "country": COUNTRY}


def _run(folder: Path, scale: float) -> Outcome:
    """Three times both keys: everybody is sought by each old key, and in each old vault's places."""
    names = [f"C{number}" for number in range(max(50, round(PERSONS * scale)))]
    settings = Settings(folder / "home")
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.take([row(number, case=name) for number, name in enumerate(names)])
        before, root = _found(hub, _keys(hub), hub.vault.keys, names, 1), _root(hub)
        tries = found = 0
        for number in range(1, ROTATIONS + 1):
            old, places = _keys(hub), _tokens(hub)
            stolen = shutil.copytree(settings.keys_dir, folder / f"stolen-{number}")
            rotate(settings.keys_dir / "edge" / PARTNER, **WHOSE)
            pipe.take([row(each, case=name) for each, name in enumerate(names)])
            rotation.close(hub.vault, PARTNER, confirmed=False)
            destroy_old(settings.keys_dir / "edge" / PARTNER)
            keyfiles.secret(settings.keys_dir / "vault" / COUNTRY / f"k2-{number + 1}")
            rotation.roll(hub.vault, COUNTRY, number + 1)
            thief = VaultKeys(key_files(stolen))
            # The partner's old key with the vault's own new ones, then all that was stolen; and the old places.
            found += len(_found(hub, old, hub.vault.keys, names, number + 1))
            found += len(_found(hub, old, thief, names, number)) + len(places & _tokens(hub))
            tries += 3 * len(names)
        after = _found(hub, _keys(hub), hub.vault.keys, names, ROTATIONS + 1)
        lost = sum(before[name] != after.get(name) for name in names) + (_root(hub) != root)
        assert epochs_in(settings.keys_dir / "edge" / PARTNER) == [ROTATIONS + 1]
    return Outcome(tries + len(names), found + lost, len(after))


def _keys(hub: Installation) -> Keys:
    return hub.token_keys(PARTNER)


def _found(hub: Installation, keys: Keys, vault: VaultKeys, names: Sequence[str], layers: int) -> dict[str, bytes]:
    """Whom these keys find: name → subject."""
    tokens = vault.subject_rows(COUNTRY, layers)(source(keys, **WHOSE, window=False).persons("local", names))
    with hub.vault.database.reading() as connection:
        rows = {bytes(each[1]): each[3] for each in look_up(connection, subjects, subjects.c.token, tokens)}
    return {name: rows[token] for name, token in zip(names, tokens, strict=True) if token in rows}


def _root(hub: Installation) -> bytes:
    with hub.store.reading() as connection:
        return tiles.load(connection, hub.store.position()).root()


def _tokens(hub: Installation) -> set[bytes]:
    with hub.vault.database.reading() as connection:
        return {bytes(token) for token in connection.exec_driver_sql("SELECT token FROM subjects").scalars()}


ROTATED = Attack("persons sought by keys that were destroyed, three times over", "the current keys", _run)
