"""The attacks, small: `make attacks` tries them whole."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from hub.release.publish import publish
from tests.attacks import vectors
from tests.attacks.__main__ import ATTACKS
from tests.attacks.attack import Attack, Outcome
from tests.attacks.classes import shown
from tests.release_warehouse import people, settings_in, warehouse

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


def test_a_class_of_few_is_not_released_and_would_be_found_and_so_is_one_of_people_who_are_all_alike(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path)
    few = [("s1", "pt-one", "PT", "2025Q1", "PT1", "IPV", "X", "65+", "PHONE", 1)]
    alike = [(f"a{n}", "pt-one", "PT", "2025Q1", "PT1", "DV", "X", "25-44", "PHONE", 1) for n in range(30)]
    warehouse(settings, [*people(6000), *few, *alike])
    publish(settings, "2025Q1", today=date(2025, 12, 1), echo=lambda line: None)
    # Nothing in the release keeps people apart who all suffered the same: docs/security.md says so.
    assert [each[:2] for each in shown(settings) if each.tells] == [(30, 1)]
    with duckdb.connect(str(settings.release_path)) as release:
        levels = dict(release.execute("SELECT dimension, level FROM levels WHERE cube = 'contacts'").fetchall())
        assert (levels["sex"], levels["age_band"], levels["context"]) == (0, 0, 0), "the attack needs a fine release"
        row = ("r2025Q1", "2025Q1", "PT", "PT" if levels["region"] else "PT1", "IPV", "X", "65+", "PHONE", 5)
        release.execute(f"INSERT INTO contacts VALUES ({', '.join('?' * len(row))})", row)
    assert sorted(each[:2] for each in shown(settings) if each.tells) == [(1, 1), (30, 1)]
