"""Kill -9, resume, and compare with a run that nobody disturbed: at a named step, or at a moment drawn by chance."""

import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from hub.cli import EXIT
from hub.cli.installation import installation
from hub.errors import Retry
from hub.settings import Settings
from tests.campaigns.forked import Ended, forked
from tests.campaigns.look import Left, look_at_log, look_at_warehouse
from tests.campaigns.scene import ACTIONS, PROJECTS, RECEIVES, Scene, a_scene, copied
from tests.killed import Step, arm, lose_the_edge, make_small

LATE = 1.05
"""Kills are drawn up to this share of what an undisturbed run takes."""
Work = Callable[[], None]


class Undisturbed(NamedTuple):
    """What an action leaves when nobody disturbs it, and the seconds it takes."""

    left: Left
    seconds: float


class Killing:
    """One scene: whoever is killed in it, and resumes, must leave what an undisturbed run leaves.

    `controls`: undisturbed runs of each action, whose middle one says how long it takes.
    """

    def __init__(self, scene: Scene, actions: tuple[str, ...], controls: int) -> None:
        self.scene, self.actions, self._controls = scene, actions, controls
        self._undisturbed: dict[str, Undisturbed] = {}

    def at_random(self, rng: random.Random) -> list[str] | None:
        """Kill somewhere in a run. What is wrong afterwards; None where the run was over before."""
        action = rng.choice(self.actions)
        moment = rng.uniform(0, LATE * self.undisturbed(action).seconds)
        return self._kill(action, rng, lambda work: forked(work, kill_after=moment))

    def at_step(self, step: Step, nth: int, rng: random.Random) -> list[str] | None:
        """Kill at a step's nth time. None where it is not reached so often."""
        return self._kill(step.what, rng, lambda work: forked(lambda: (arm(step, nth), work())))

    def without_edge(self, nth: int, rng: random.Random) -> list[str] | None:
        """Kill the edge's own process instead, while its nth message is on its way: to be tried again, says the hub."""
        lost = lambda work: forked(lambda: (lose_the_edge(nth), work()))  # noqa: E731
        return self._kill("ingest", rng, lost, code=EXIT[Retry])

    def _kill(
        self, action: str, rng: random.Random, kill: Callable[[Work], Ended], *, code: int = -signal.SIGKILL
    ) -> list[str] | None:
        undisturbed = self.undisturbed(action).left
        with copied(self.scene, of_nothing=action == "first") as settings:
            ended = kill(self._work(action, settings))
            if ended.code == 0:
                return None
            if ended.code != code:
                return [f"{action}: ended with {ended.code}: {ended.answer}"]
            again = rng.choice(PROJECTS) if action in PROJECTS else action
            resumed = forked(self._work(again, settings))
            if resumed.code:
                return [f"{action}: {again} resumed with {resumed.code}: {resumed.answer}"]
            looked = forked(self.look(action, settings))
            if looked.code:
                return [f"{action}: looked at with {looked.code}: {looked.answer}"]
            left, wrong = looked.answer
        return wrong + [f"{action}: other {name} than undisturbed" for name in left if left[name] != undisturbed[name]]

    def undisturbed(self, action: str) -> Undisturbed:
        """The control of an action, made on first use."""
        if action not in self._undisturbed:
            seconds = []
            for _ in range(self._controls):
                with copied(self.scene, of_nothing=action == "first") as settings:
                    seconds.append(_sound(forked(self._work(action, settings))).seconds)
                    left, wrong = _sound(forked(self.look(action, settings))).answer
                if wrong:
                    raise RuntimeError(f"the control of {action}: {wrong}")
            self._undisturbed[action] = Undisturbed(left, median(seconds))
        return self._undisturbed[action]

    @cached_property
    def untouched(self) -> Left:
        """What the log says before any action."""
        with copied(self.scene) as settings:
            left, _ = _sound(forked(self.look(RECEIVES[0], settings))).answer
        return left

    def _work(self, action: str, settings: Settings) -> Work:
        def work() -> None:
            make_small()
            with installation(settings) as hub:
                ACTIONS[action](self.scene, hub)

        return work

    def look(self, action: str, settings: Settings) -> Callable[[], Any]:
        """What an action has left, and what is wrong with it: work for a fork."""

        def look() -> tuple[Left, list[str]]:
            with installation(settings) as hub:
                return (look_at_warehouse if action in PROJECTS else look_at_log)(hub)

        return look


def _sound(ended: Ended) -> Ended:
    if ended.code:
        raise RuntimeError(f"a control ended with {ended.code}: {ended.answer}")
    return ended


@contextmanager
def receivers(folder: Path, engine: str, *, controls: int = 1) -> Iterator[Killing]:
    """Receivers to be killed: of a file, of the inbox, with the edge that fills it, and the very first."""
    with a_scene(folder, engine) as scene:
        yield Killing(scene, RECEIVES, controls)


@contextmanager
def projectors(folder: Path, engine: str, *, controls: int = 1) -> Iterator[Killing]:
    """Projectors to be killed: in place and rebuilding. With PostgreSQL, the warehouse is there too."""
    with a_scene(folder, engine, to_project=True) as scene:
        yield Killing(scene, PROJECTS, controls)
