"""Rotation and roll killed after every commit and begun again; and a vault that was put back from before one."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.cli.ingest import drain
from hub.cli.installation import Installation, installation
from hub.edge.epochs import destroy_old
from hub.settings import Settings
from hub.vault import rotation
from tests.forgetting import put_back, readable
from tests.killed import at_every_commit, died
from tests.pipe import Pipe
from tests.rotating import COUNTRY, PARTNER, ROWS, begin, close, folder_of, roll, stored

WORK: dict[str, Callable[[Installation], object]] = {"close": close, "roll": roll}


@pytest.mark.parametrize("what", WORK)
def test_killed_after_every_commit_and_begun_again(what: str, tmp_path: Path):
    base = Settings(tmp_path / "home")
    with installation(base) as hub:
        pipe = Pipe(hub, tmp_path)
        pipe.take(ROWS, complete=True)
        begin(hub)
        pipe.take(ROWS)
        tokens, before = stored(hub, "token"), set(readable(hub))

    def killed(home: Path, armed: Callable[[], None]) -> bool:
        def work() -> None:
            armed()
            with installation(replace(base, home=home)) as hub:
                WORK[what](hub)

        return died(base.home, home, work)

    def wrong(home: Path) -> list[str]:
        return wrong_when_resumed(replace(base, home=home), what, tokens, before, tmp_path)

    assert at_every_commit(tmp_path, killed, wrong) >= 3, "this many commits there are, at least"


def wrong_when_resumed(settings: Settings, what: str, tokens: set[bytes], before: set[str], folder: Path) -> list[str]:
    """What is wrong when the same was begun again."""
    with installation(settings) as hub:
        if what == "close" and rotation.windows(hub.vault)[0].epoch == 1:
            close(hub)
        destroy_old(folder_of(hub)) if what == "close" else None
        if what == "roll" and rotation.layers_of(hub.vault, COUNTRY) == 1:
            roll(hub)
        again = Pipe(hub, folder).take(ROWS)["events"]
        left, found = set(readable(hub)), stored(hub, "token")
        number = len(list((settings.keys_dir / "vault" / COUNTRY).glob("k2-*")))
    raw = b"".join(path.read_bytes() for path in settings.home.glob("vault.sqlite*"))
    wrong = {
        "the same file says something": bool(again),
        "another person": left != before,
        "an old token finds somebody": not found.isdisjoint(tokens),
        "an old token is on the disk": any(each in raw for each in tokens),
        "another number of keys": number != (what == "roll"),
    }
    return [name for name, is_so in wrong.items() if is_so]


def test_a_vault_that_was_put_back_is_rolled_again_and_must_be_closed_again(tmp_path: Path):
    settings = Settings(tmp_path / "home")
    with installation(settings) as hub:
        pipe = Pipe(hub, tmp_path)
        pipe.take(ROWS)
        begin(hub)
        pipe.take(ROWS)
    shutil.copytree(settings.home, tmp_path / "backup")
    with installation(settings) as hub:
        old = stored(hub, "token")
        roll(hub)
        close(hub)
    put_back(settings.home, tmp_path / "backup", "vault.sqlite")
    with installation(settings) as hub:
        assert stored(hub, "token").isdisjoint(old)
        pipe, told = Pipe(hub, tmp_path), []
        pipe.drop(ROWS)
        drain(hub, told.append)
        assert "close it first" in told[-1]
        rotation.close(hub.vault, PARTNER, confirmed=False)
        assert pipe.take(ROWS)["events"] == 0
