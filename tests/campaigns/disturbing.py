"""A command that meets trouble: it says so in one line, keeps nothing half, and the same command heals it."""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from hub.cli import EXIT
from hub.errors import HubError
from hub.settings import Settings
from tests.campaigns.command import Command, Said, environment
from tests.campaigns.forked import forked
from tests.campaigns.killing import Killing
from tests.campaigns.look import Left
from tests.campaigns.scene import PROJECTS, Scene, copied
from tests.killed import make_small

COMMANDS = {
    "ingest": ("ingest", "{table}", "--adapter", "{mapping}", "--complete"),
    "drain": ("receive",),
    "project": ("project",),
    "rebuild": ("project", "--rebuild"),
}
NAMED = re.compile(r"\b(log|vault|warehouse)\b")
"""Which database it was."""
UNFINISHED = ("*.draft", ".checkpoint.*", "*.rebuilt", "*.rebuilt.wal", "*.unfinished")
"""What nobody may find after an error that was told: files on their way to another name."""


class Meeting(NamedTuple):
    """A command that is to meet trouble: where, the seconds that it takes without, and how it is begun.

    What is given to `begin` is called in the command's own process first.
    """

    settings: Settings
    seconds: float
    begin: Callable[[Callable[[], object]], Command]


class Trouble(NamedTuple):
    """What the hub is to call it, and `meet`, which makes it, lets the command meet it, and takes it away again."""

    says: type[HubError]
    meet: Callable[[Meeting, random.Random], Said]


def disturbed(killing: Killing, trouble: Trouble, rng: random.Random) -> list[str] | None:
    """What is wrong after a command has met trouble, and again after it was repeated. None where it met none."""
    action = rng.choice([each for each in killing.actions if each in COMMANDS])
    undisturbed = killing.undisturbed(action)
    with copied(killing.scene) as settings:
        begin = lambda before: _begin(killing.scene, action, settings, before)  # noqa: E731
        said = trouble.meet(Meeting(settings, undisturbed.seconds, begin), rng)
        wrong = _told(said, EXIT[trouble.says]) + _half(killing, action, settings) if said.code else []
        again = _begin(killing.scene, action, settings).end()
        if again.code:
            wrong.append(f"repeated, it ended with {again.code}: {again.err}")
        left, found = _look(killing, action, settings)
        wrong += found + [f"other {name} than undisturbed" for name in left if left[name] != undisturbed.left[name]]
    if said.code == 0 and not wrong:
        return None
    return [f"{action}: {each}" for each in wrong]


def _begin(scene: Scene, action: str, settings: Settings, before: Callable[[], object] = lambda: None) -> Command:
    words = [part.format(table=scene.table, mapping=scene.mapping) for part in COMMANDS[action]]
    return Command(*words, environment=environment(settings), before=lambda: (make_small(), before()))


def _told(said: Said, code: int) -> list[str]:
    """What is wrong with how it was told."""
    wrong = []
    if said.code != code:
        wrong.append(f"ended with {said.code}, not with {code}: {said.err}")
    elif not NAMED.search(said.line):
        wrong.append(f"does not say which database: {said.line or said.err}")
    if "Traceback" in said.err:
        wrong.append(f"a traceback: {said.err}")
    return wrong


def _half(killing: Killing, action: str, settings: Settings) -> list[str]:
    """What stands there between: everything or nothing of it, sound in itself, and no file on its way."""
    left, wrong = _look(killing, action, settings)
    if action not in PROJECTS:
        whole = (killing.untouched["facts"], killing.undisturbed(action).left["facts"])
        wrong += ["half of it was kept"] if left["facts"] not in whole else []
    found = [path.name for form in UNFINISHED for path in settings.home.rglob(form)]
    return [f"before it was repeated: {each}" for each in wrong] + [f"left behind: {name}" for name in found]


def _look(killing: Killing, action: str, settings: Settings) -> tuple[Left, list[str]]:
    looked = forked(killing.look(action, settings))
    return looked.answer if looked.code == 0 else ({}, [f"looked at with {looked.code}: {looked.answer}"])
