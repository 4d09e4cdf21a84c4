"""Killed at any step of forgetting, and begun again: she is forgotten once, whole, and everybody else is not."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

import hub.log.receive
from hub.cli.ingest import drain
from hub.cli.installation import installation
from hub.events.subject import SubjectForgotten
from hub.log import deliveries, erasing
from hub.log.sealed import split
from hub.log.verify import verify_log
from hub.settings import Settings
from hub.transport import files
from tests.campaigns.forked import forked
from tests.forgetting import readable, request
from tests.killed import Step, arm, at_every_commit, died, looked
from tests.pipe import Pipe, new_settings, quiet, row

ROWS = [row(n) for n in range(20)]
STEPS = {
    "nothing stated": Step(erasing, "state"),
    "stated, vault untouched": Step(erasing, "state", after=True),
    "receipt made, vault untouched": Step(deliveries, "keep_receipt", after=True),
    "vault told, not committed": Step(hub.log.receive, "forget", after=True),
    "committed, not settled": Step(erasing, "settle"),
    "settled, not kept outside": Step(erasing, "keep"),
    "kept outside": Step(erasing, "keep", after=True),
    "kept, no receipt given": Step(files, "keep_receipt"),
}


class Base(NamedTuple):
    """An installation whose inbox holds a request; her subject, and what her data key was wrapped as."""

    settings: Settings
    subject: str
    wrapped: bytes


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    settings = new_settings(folder / "home")

    def make() -> tuple[str, bytes]:
        with installation(settings) as hub:
            pipe = Pipe(hub, folder)
            pipe.take(ROWS, complete=True)
            files.send(request(pipe, ["C3"]), settings.deliveries_dir / "inbox")
            with hub.vault.database.reading() as connection:
                said = connection.exec_driver_sql("SELECT subject, wrapped FROM subjects WHERE key = 4").one()
        return said[0].hex(), bytes(said[1])

    return Base(settings, *forked(make).answer)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_at_a_named_step(base: Base, step: Step, tmp_path: Path) -> None:
    assert killed(base, tmp_path / "home", lambda: arm(step, 1))
    assert wrong_when_resumed(base, tmp_path / "home") == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_at_every_commit_on_the_way(base: Base, after: bool, tmp_path: Path) -> None:
    commits = at_every_commit(tmp_path, partial(killed, base), partial(wrong_when_resumed, base), after=after)
    assert commits >= 10, "this many commits there are, at least"


def killed(base: Base, home: Path, armed: Callable[[], None]) -> bool:
    """Carry the request out in a copy of the base. Whether the process was killed on its way."""

    def work() -> None:
        armed()
        with installation(replace(base.settings, home=home)) as hub:
            drain(hub, quiet)

    return died(base.settings.home, home, work)


def wrong_when_resumed(base: Base, home: Path) -> list[str]:
    """What is wrong when the same was begun again."""

    def look() -> list[str]:
        with installation(replace(base.settings, home=home)) as hub:
            drain(hub, quiet)
            said = hub.store.read(0, hub.store.position(), 1_000)
            events = [json.loads(split(each[4])[2])["data"] for each in said if each[3] == SubjectForgotten.topic()]
            left, findings = readable(hub), verify_log(hub.store, hub.signer.verifier).findings
        traces = [path.name for path in home.glob("vault.sqlite*") if base.wrapped in path.read_bytes()]
        found = {
            "another number of events": len(events) != 1,
            "other keys": [event["keys"] for event in events] != [["0000000000000004"]],
            "she can be read": base.subject in left,
            "others are gone": len(left) != len(ROWS) // 2 - 1,
            "the log is not whole": bool(findings),
            "her key is on the disk": bool(traces),
            "nothing is kept outside": len(list((home / "erasures").iterdir())) != 1,
            "no receipt": len(list((home / "deliveries" / "receipts").iterdir())) != 2,
            "it waits still": bool(list((home / "deliveries" / "inbox").iterdir())),
        }
        return [name for name, is_so in found.items() if is_so]

    return looked(look)
