"""Kill -9, resume, and compare with a run that nobody disturbed: at a named step, or at a moment drawn by chance."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hub.cli.installation import installation
from hub.settings import Settings
from tests.campaigns.forked import Ended, forked
from tests.campaigns.look import look_at_log, look_at_warehouse
from tests.campaigns.scene import ACTIONS, PROJECTS, RECEIVES, Scene, a_scene, copied
from tests.killed import Step, arm, lose_the_edge, make_small

Wrong = list[str]
CONTROLS = 3


class Undisturbed(NamedTuple):
    """What an action leaves when nobody disturbs it, and how long it takes."""

    left: Any
    seconds: float


class Killing:
    """One scene with its controls: whoever is killed in it must end as they did."""

    def __init__(self, scene: Scene, actions: tuple[str, ...]) -> None:
        self._scene = scene
        self._undisturbed = {action: self._control(action) for action in actions}

    def at_random(self, rng: random.Random) -> Wrong | None:
        """Kill somewhere in a run. What is wrong afterwards; None where the run was over before."""
        action = rng.choice(list(self._undisturbed))
        moment = rng.uniform(0, self._undisturbed[action].seconds)
        return self._kill(action, rng, lambda work: forked(work, kill_after=moment))

    def at_step(self, step: Step, nth: int, rng: random.Random) -> Wrong | None:
        """Kill at a step's nth time. None where it is not reached so often."""
        return self._kill(step.what, rng, lambda work: forked(lambda: (arm(step, nth), work())))

    def without_edge(self, nth: int, rng: random.Random) -> Wrong | None:
        """Kill the edge's own process instead, while its nth message is on its way."""

        def lost(work: Callable[[], None]) -> Ended:
            return forked(lambda: (lose_the_edge(nth), work()))

        return self._kill("ingest", rng, lost, code=4)

    def _control(self, action: str) -> Undisturbed:
        taken = []
        for _ in range(CONTROLS):
            with copied(self._scene, of_nothing=action == "first") as settings:
                taken.append(_must(forked(self._work(action, settings))).seconds)
                left, wrong = _must(forked(self._look(action, settings))).answer
                if wrong:
                    raise AssertionError(f"the control of {action}: {wrong}")
        return Undisturbed(left, sorted(taken)[CONTROLS // 2])

    def _kill(
        self, action: str, rng: random.Random, kill: Callable[[Callable[[], None]], Ended], code: int = -9
    ) -> Wrong | None:
        with copied(self._scene, of_nothing=action == "first") as settings:
            ended = kill(self._work(action, settings))
            if ended.code == 0:
                return None
            if ended.code != code:
                return [f"{action}: ended with {ended.code}: {ended.answer}"]
            again = rng.choice(PROJECTS) if action in PROJECTS else action
            resumed = forked(self._work(again, settings))
            if resumed.code:
                return [f"{action}: resumed with {resumed.code}: {resumed.answer}"]
            looked = forked(self._look(action, settings))
            if looked.code:
                return [f"{action}: looked at with {looked.code}: {looked.answer}"]
            left, wrong = looked.answer
            undisturbed = self._undisturbed[action].left
            return [
                *wrong,
                *(
                    f"{action}: other {name} than undisturbed"
                    for name, mine, theirs in zip(left._fields, left, undisturbed, strict=True)
                    if mine != theirs
                ),
            ]

    def _work(self, action: str, settings: Settings) -> Callable[[], None]:
        def work() -> None:
            make_small()
            with installation(settings) as hub:
                ACTIONS[action](self._scene, hub)

        return work

    def _look(self, action: str, settings: Settings) -> Callable[[], Any]:
        def look() -> Any:
            with installation(settings) as hub:
                return (look_at_warehouse if action in PROJECTS else look_at_log)(hub)

        return look


def _must(ended: Ended) -> Ended:
    if ended.code:
        raise AssertionError(f"ended with {ended.code}: {ended.answer}")
    return ended


@contextmanager
def receivers(folder: Path, engine: str) -> Iterator[Killing]:
    """Receivers to be killed: by file, from the inbox, edge and receiver, and the very first."""
    with a_scene(folder, engine) as scene:
        yield Killing(scene, RECEIVES)


@contextmanager
def projectors(folder: Path, engine: str) -> Iterator[Killing]:
    """Projectors to be killed: in place and rebuilding. With PostgreSQL, the warehouse is there too."""
    with a_scene(folder, engine, to_project=True) as scene:
        yield Killing(scene, PROJECTS)
