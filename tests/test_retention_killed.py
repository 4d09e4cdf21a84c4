"""Killed at any step of a purge, and opened again: it is done once, whole, and all else stands."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from hub.cli.installation import installation
from hub.log import erasing, own, purges, purging
from hub.log.purged import STATEMENT
from hub.log.purges import Order
from hub.log.verify import verify_log
from hub.settings import Settings
from hub.vault.tables import subjects
from tests.campaigns.forked import forked
from tests.forgetting import readable
from tests.killed import Step, arm, at_every_commit, died, looked
from tests.pipe import Pipe, row
from tests.purging import contents, every_byte, take_in

OLD = [row(n) for n in range(12)]
LIVES_ON = [row(n, age="66") for n in range(2)]
ORDER = Order("0a" * 16, "PT", 2015, "PERIOD_ENDED")
DUE, PERSONS, LIVING = 10, 6, 5
STEPS = {
    "ordered": Step(purges, "give", after=True),
    "nothing stated": Step(own, "state_within"),
    "stated, heads stand": Step(own, "state_within", after=True),
    "a part kept outside, the vault knows nothing": Step(erasing, "keep", after=True),
    "the vault told, not committed": Step(purging, "forget", after=True),
    "committed, nothing emptied": Step(purging, "_finish"),
    "half emptied": Step(purging, "_empty", after=True),
    "emptied, not swept": Step(purging, "sweep_log"),
    "swept, not said": Step(purging, "sweep_log", after=True),
}


class Base(NamedTuple):
    """An installation with due records, and a piece of each of their ciphertexts."""

    settings: Settings
    tails: list[bytes]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    settings = Settings(folder / "home")

    def make() -> list[bytes]:
        with installation(settings) as hub:
            pipe = Pipe(hub, folder)
            take_in(pipe, 2014, OLD)
            take_in(pipe, 2016, LIVES_ON)
            return [contents(hub)[position][-40:] for position in range(3, 3 + DUE)]

    return Base(settings, forked(make).answer)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_at_a_named_step(base: Base, step: Step, tmp_path: Path) -> None:
    assert killed(base, tmp_path / "home", lambda: arm(step, 1))
    assert wrong_when_resumed(base, tmp_path / "home") == []


def test_at_every_commit_on_the_way(base: Base, tmp_path: Path) -> None:
    commits = at_every_commit(tmp_path, partial(killed, base), partial(wrong_when_resumed, base))
    assert commits >= 10, "this many commits there are, at least"


def killed(base: Base, home: Path, armed: Callable[[], None]) -> bool:
    """Purge in a copy of the base, a few records at a time. Whether the process was killed on its way."""

    def work() -> None:
        purging.STREAMS, purging.PART = 3, 4
        with installation(replace(base.settings, home=home)) as hub:
            armed()
            purges.give(hub.settings.purges_path, ORDER)
            purging.carry_out(hub.receiver, hub.settings.purges_path)

    return died(base.settings.home, home, work)


def wrong_when_resumed(base: Base, home: Path) -> list[str]:
    """What is wrong when any command has opened it again."""

    def look() -> list[str]:
        with installation(replace(base.settings, home=home)) as hub:
            purges.give(hub.settings.purges_path, ORDER)  # by an operator who was told nothing
            purging.settle(hub.store, hub.vault, hub.settings.purges_path, lambda: hub.receiver)
            report = verify_log(hub.store, hub.signer.verifier)
            topics = [each[3] for each in hub.store.read(0, 999, 999)]
            people = readable(hub)
            with hub.vault.database.reading() as connection:
                keys = len(connection.execute(subjects.select()).all())
            again = take_in(Pipe(hub, home), 2026, OLD).receipt
        here = every_byte(home)
        found = {
            "another number of statements": topics.count(STATEMENT) != 1,
            "another number of purged events": report.purged != DUE,
            "the log is not whole": bool(report.findings),
            "others are gone, or some are left": len(people) != PERSONS - LIVING,
            "a key is left, or one too many is gone": keys != PERSONS - LIVING,
            "what was purged is on the disk": any(tail in here for tail in base.tails),
            "it comes back": (again.events, again.unchanged) != (2, DUE),
        }
        return [name for name, is_so in found.items() if is_so]

    return looked(look)
