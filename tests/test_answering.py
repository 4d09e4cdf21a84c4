"""When a sender gets its answer follows from what it sent, and from nothing that the hub knew."""

from pathlib import Path

import pytest

from hub.cli.ingest import drain
from hub.errors import Stop
from hub.settings import Settings
from hub.transport.answering import MOST, SHARE, Clock, answering, steps
from tests.attacks.membership import auc
from tests.pipe import Pipe, quiet, row

SMALL = 3_000


class Hand:
    """A clock that is moved by hand, and goes on when somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.wait)

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.at += seconds


@pytest.mark.parametrize(
    ("sizes", "elapsed", "expected"),
    [
        ([SMALL], 0.0, 1),
        ([SMALL], 0.9, 1),
        ([SMALL] * 4, 0.3, 1),
        ([SMALL] * 5, 0.3, 2),
        ([SHARE * 4], 0.1, 2),
        ([SHARE * 1_000], 0.1, (1 + MOST + 3) // 4),
        ([SHARE * 1_000], 7.2, 8),
    ],
)
def test_a_pass_is_answered_after_steps_that_follow_from_sizes_until_the_work_takes_longer(
    sizes: list[int], elapsed: float, expected: int
) -> None:
    assert steps(sizes, elapsed) == expected


@pytest.mark.parametrize("work", [0.0, 0.03, 0.4, 0.99])
def test_all_answers_come_at_the_end_of_a_step_however_long_the_work_took(work: float) -> None:
    hand, given = Hand(), list[float]()
    with answering(1.0, [SMALL, SMALL], hand.clock()) as answer:
        for _ in range(2):
            hand.at += work / 2
            answer(lambda: given.append(hand.at))
            assert given == []
    assert given == [1.0, 1.0]


def test_no_rounding_makes_anybody_wait_less_than_nothing() -> None:
    for tenths in range(1, 200):
        hand = Hand()
        with answering(0.1, [SMALL], hand.clock()) as answer:
            hand.at = tenths * 0.1
            answer(lambda: None)
        assert hand.at >= tenths * 0.1


def test_without_a_step_each_answer_is_given_at_once() -> None:
    hand, given = Hand(), list[float]()
    with answering(0, [SMALL, SMALL], hand.clock()) as answer:
        for _ in range(2):
            hand.at += 0.25
            answer(lambda: given.append(hand.at))
    assert given == [0.25, 0.5]


def test_a_pass_that_fails_answers_what_was_done_and_fails() -> None:
    hand, given = Hand(), list[float]()
    passing = answering(1.0, [SMALL, SMALL], hand.clock())
    passing.__enter__()(lambda: given.append(hand.at))
    assert not passing.__exit__(Stop, Stop("the second one"), None)
    assert given == [1.0]


def test_nobody_waits_for_an_empty_inbox_or_for_a_delivery_that_another_receiver_took() -> None:
    hand = Hand()
    with answering(1.0, [], hand.clock()), answering(1.0, [SMALL], hand.clock()):
        pass
    assert hand.at == 0


@pytest.mark.parametrize("good", [True, False], ids=["applied", "refused"])
def test_until_the_step_ends_nothing_comes_or_goes_in_the_folders_that_senders_see(pipe: Pipe, good: bool) -> None:
    path = pipe.drop([row(1)])
    if not good:
        path.write_bytes(path.read_bytes()[:-9])
    folder = pipe.hub.settings.deliveries_dir
    hub = pipe.hub._replace(settings=Settings(pipe.hub.settings.home, answer_every=1.0))
    before, at_the_end = _files(folder), list[set[Path]]()
    drain(hub, quiet, Clock(sleep=lambda _seconds: at_the_end.append(_files(folder))))
    assert at_the_end == [before]
    assert {each.parent.name for each in _files(folder)} == {"receipts" if good else "rejected"}


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_the_step_is_a_second_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_ANSWER_EVERY", raising=False)
    assert Settings.from_env().answer_every == Settings(Path()).answer_every == 1.0
    monkeypatch.setenv("HUB_ANSWER_EVERY", "2.5")
    assert Settings.from_env().answer_every == 2.5
    for wrong in ("-1", "soon", "nan", "1e9", "3601"):
        monkeypatch.setenv("HUB_ANSWER_EVERY", wrong)
        with pytest.raises(Stop, match="HUB_ANSWER_EVERY") as caught:
            Settings.from_env()
        assert wrong not in str(caught.value).replace("3600", "")


def test_the_measure_of_the_attack_knows_late_from_early() -> None:
    assert (auc([2, 3], [0, 1]), auc([0, 1], [2, 3]), auc([1, 1], [1, 1]), auc([1, 3], [2])) == (1, 0, 0.5, 0.5)
