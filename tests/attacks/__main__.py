"""`make attacks`: who tries what, how often, and what got through. A table, build/attacks.json, exit 1 if one did."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.report import Finding, show_tries, write
from tests.attacks import vectors
from tests.attacks.attack import Attack, Outcome
from tests.attacks.canaries import CANARIES
from tests.attacks.classes import CLASSES
from tests.attacks.domains import DOMAINS
from tests.attacks.doors import DOORS
from tests.attacks.dual import DUAL
from tests.attacks.forgetting import FORGOTTEN
from tests.attacks.forms import FORMS
from tests.attacks.guessing import LENGTHS, SAID, STOLEN
from tests.attacks.membership import MEMBERSHIP, TIMING
from tests.attacks.pages import PAGES
from tests.attacks.retention import PURGED
from tests.attacks.rotating import ROTATED
from tests.attacks.strings import STRINGS
from tests.conftest import INPUTS

ATTACKS = (
    *(STOLEN, DOMAINS, FORMS, SAID, LENGTHS, MEMBERSHIP, FORGOTTEN, PURGED, ROTATED),
    *(CANARIES, CLASSES, STRINGS, DOORS, PAGES, DUAL),
)


def main() -> None:
    """Try all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the number of tries; default 1")
    asked = parser.parse_args()
    found = [_tried(attack, asked.scale) for attack in planned()]
    show_tries("attack", "successes", found, ",.0f")
    print(f"\n{write('attacks', found)}")
    sys.exit(any(each["met"] != "yes" for each in found))


def planned() -> tuple[Attack, ...]:
    """All attacks: also one by the clock, and those with vectors of others where these are."""
    return (*ATTACKS, TIMING, *([vectors.attack(INPUTS)] if INPUTS.is_dir() else []))


def _tried(attack: Attack, scale: float) -> Finding:
    begun = perf_counter()
    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        outcome = attack.run(Path(folder), scale)
    print(f"{attack.name}: {outcome.tries:,} tries, {perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    return _finding(attack, outcome)


def _finding(attack: Attack, outcome: Outcome) -> Finding:
    return Finding(
        name=attack.name,
        tries=outcome.tries,
        successes=outcome.successes,
        control=attack.control,
        figure=float(outcome.successes),
        against=float(outcome.control),
        ratio=outcome.successes / outcome.control if outcome.control else 0.0,
        target="no success, and one in the control",
        met="yes" if outcome.held else "no",
    )


if __name__ == "__main__":
    main()
