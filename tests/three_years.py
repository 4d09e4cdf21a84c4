"""An installation with records of three years: the oldest are due, four of them were spoken of once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.log.anchor import anchored
from hub.log.verify import Report, verify_log
from tests.pipe import Pipe, open_pipe, row
from tests.postgres import ENGINES
from tests.purging import take_in

OLD, LATER = [row(n) for n in range(20)], [row(n) for n in range(20, 40)]
LIVES_ON = [row(n, age="66") for n in range(4)]
"""Four of the old records, spoken of once more when the purged year is over."""
DUE, LIVING = 16, 8
"""Records that are due, and persons of whom nothing else is known."""


def fill(pipe: Pipe) -> None:
    """Three years: old records, later ones, and four old ones once more."""
    take_in(pipe, 2014, OLD, complete=True)
    take_in(pipe, 2016, LATER)
    take_in(pipe, 2017, LIVES_ON)


def verified(pipe: Pipe) -> Report:
    """The log, held to its key and to the checkpoint outside of it."""
    note = anchored(pipe.hub.settings.anchor_path)
    return verify_log(pipe.hub.store, pipe.hub.signer.verifier, [note] if note else [])


@pytest.fixture(params=ENGINES)
def engine_pipe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def full(pipe: Pipe) -> Pipe:
    fill(pipe)
    return pipe
