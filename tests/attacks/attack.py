"""An attack: who tries what, how often, and a control that shows that it would be seen if it worked."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Outcome(NamedTuple):
    """`successes` of the attacker, of so many `tries`: none is allowed. `control`: successes where nothing protects."""

    tries: int
    successes: int
    control: int

    @property
    def held(self) -> bool:
        """Nothing got through, and it would have been seen."""
        return self.tries > 0 and self.successes == 0 and self.control > 0


class Attack(NamedTuple):
    """`run` gets an empty folder and a scale: 1 is the whole. `control` says what stands unprotected."""

    name: str
    control: str
    run: Callable[[Path, float], Outcome]
