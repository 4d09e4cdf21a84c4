"""The attacks, small: `make attacks` tries them whole."""

from pathlib import Path

import pytest

from tests.attacks import vectors
from tests.attacks.__main__ import ATTACKS
from tests.attacks.attack import Attack, Outcome

SMALL = 0.02


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_nothing_gets_through_and_it_would_be_seen(attack: Attack, tmp_path: Path) -> None:
    outcome = attack.run(tmp_path, SMALL)
    assert outcome.held, outcome


def test_the_vectors_of_others_are_answered_as_they_say(inputs: Path, tmp_path: Path) -> None:
    outcome = vectors.attack(inputs).run(tmp_path, 1)
    assert outcome.held, outcome
    assert outcome.tries > 500


@pytest.mark.parametrize("outcome", [Outcome(0, 0, 1), Outcome(9, 1, 1), Outcome(9, 0, 0)])
def test_an_attack_that_was_not_tried_or_not_seen_does_not_hold(outcome: Outcome) -> None:
    assert not outcome.held
