"""Killed in the middle of a replay, and replayed again: every refused row has passed once."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hub.cli.installation import installation
from hub.log import deliveries, quarantine
from hub.log.applying import Applying
from hub.log.receive import Receiver
from hub.settings import Settings
from hub.transport import files
from tests.campaigns.forked import forked
from tests.killed import COMMIT, Step, arm
from tests.pipe import Pipe, databases, drop_databases, new_settings, row
from tests.postgres import ENGINES
from tests.replaying import BAD, GOOD, ODD, balanced, replayed

STEPS = {
    "delivery entered": Step(deliveries, "enter", after=True),
    "rows applied": Step(Applying, "rows", after=True),
    "rows moved on, not committed": Step(quarantine, "take", after=True),
    "receipt made": Step(deliveries, "keep_receipt", after=True),
    "commit asked for": Step(*COMMIT),
    "committed": Step(*COMMIT, after=True),
    "receipt not in its folder": Step(files, "keep_receipt"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", STEPS)
def test_killed_in_the_middle_of_a_replay_and_replayed_again_is_replayed_once(
    name: str, engine: str, tmp_path: Path
) -> None:
    settings = new_settings(tmp_path / "home", engine)
    try:
        assert forked(lambda: _prepared(settings, tmp_path)).code == 0
        killed = 0
        for nth in count(1):
            ended = forked(lambda nth=nth: (arm(STEPS[name], nth), _again(settings, tmp_path)))
            assert ended.code == 0 or ended.killed, ended.answer
            killed += ended.killed
            if not ended.killed or nth == 3:
                break
        assert killed, "the step is on the way"
        looked = forked(lambda: _left(settings, tmp_path))
        assert looked.code == 0, looked.answer
        waits, passed, rows, received = looked.answer
        assert (waits, passed, rows, received) == (3, 12, 32, 35)
    finally:
        drop_databases(databases(settings))


def _prepared(settings: Settings, folder: Path) -> None:
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.take([*GOOD, *ODD, *BAD])
        pipe.take([row(n, sex="other") for n in range(30, 36)])


def _again(settings: Settings, folder: Path) -> None:
    with installation(settings) as hub:
        replayed(Pipe(hub, folder))


def _left(settings: Settings, folder: Path) -> tuple[int, int, int, int]:
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        replayed(pipe)
        balanced(pipe)
        both = [quarantine.counts(hub.store, each.delivery) for each in _receipts(hub.receiver)]
        # Rows of replays are not received twice: each that passed came in an earlier delivery.
        again = sum(each.rows for each in quarantine.replays(hub.store))
        first = sum(each.received for each in _receipts(hub.receiver)) - again
        return sum(each[0] for each in both), sum(each[1] for each in both), len(pipe.current()), first


def _receipts(receiver: Receiver) -> list[Any]:
    return [proven.receipt for _, proven in deliveries.receipts(receiver.store)]
