"""A chunk that comes again word for word is only counted; and it is no longer known once anything of it has moved."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from hub.errors import Reject
from hub.events.wire import Delivery
from hub.log import heads, heard
from hub.log.receive import receive
from hub.transport import files
from tests.forgetting import forget, put_back
from tests.pipe import Pipe, open_pipe, row
from tests.postgres import ENGINES

ROWS = [row(n) for n in range(60)]


def chunks(pipe: Pipe) -> int:
    with pipe.hub.store.reading() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(heard.heard)) or 0)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many records were looked up since it was asked last."""
    counted = [0]
    load = heads.load

    def watching(connection, wanted):
        counted[0] += len(wanted)
        return load(connection, wanted)

    monkeypatch.setattr(heads, "load", watching)

    def since() -> int:
        seen, counted[0] = counted[0], 0
        return seen

    return since


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_file_again_is_counted_and_nothing_is_looked_up(tmp_path: Path, engine: str, looked) -> None:
    with open_pipe(tmp_path, engine) as pipe:
        pipe.take(ROWS, complete=True)
        assert looked() >= 60
        again = pipe.take(ROWS, complete=True)
        assert looked() < 10  # the hub's own statements of closed periods
        shuffled = pipe.take(ROWS[::-1], complete=True)
        assert looked() >= 60
        for said in (again, shuffled):
            assert (said["accepted"], said["unchanged"], said["events"]) == (0, 60, 0)


def test_what_was_said_otherwise_in_between_is_said_again(pipe: Pipe) -> None:
    pipe.take(ROWS)
    assert pipe.take([row(7, age="80")])["events"] == 1
    assert pipe.take(ROWS)["events"] == 1
    assert pipe.take(ROWS)["events"] == 0


def test_a_complete_delivery_takes_no_partial_ones_word_for_it(pipe: Pipe) -> None:
    pipe.take([*ROWS, row(60)])
    pipe.take(ROWS)
    assert pipe.take(ROWS, complete=True)["events"] > 0
    assert pipe.take([row(60)])["events"] == 1


def test_records_that_were_retracted_come_back_with_the_file_that_stated_them(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    pipe.take(ROWS[:50], complete=True)
    assert pipe.take(ROWS, complete=True)["accepted"] == 10


def test_a_refused_row_among_known_ones_holds_its_record(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    damaged = [*ROWS[:5], row(5, age="many"), *ROWS[6:]]
    for _ in range(2):
        result = pipe.take(damaged, complete=True)
        assert (result["quarantined"], result["unchanged"], result["events"]) == (1, 59, 0)


def test_who_is_forgotten_is_in_no_hash_of_a_chunk(pipe: Pipe) -> None:
    pipe.take(ROWS)
    assert chunks(pipe)
    forget(pipe, [ROWS[0]["case"]])
    assert chunks(pipe) == 0
    assert pipe.take(ROWS)["events"] == 0


def test_after_a_vault_was_put_back_the_same_rows_are_said_again(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        pipe.take(ROWS[:2])
    backup = tmp_path / "backup"
    shutil.copytree(tmp_path / "home", backup)
    with open_pipe(tmp_path) as pipe:
        pipe.take(ROWS)
    put_back(tmp_path / "home", backup, "vault")
    with open_pipe(tmp_path) as pipe:
        assert pipe.take(ROWS)["events"] > 0


def test_a_delivery_that_was_refused_is_not_remembered(pipe: Pipe) -> None:
    path = pipe.drop(ROWS)
    with files.opened(path) as delivery:
        parts = list(delivery.parts)
    with pytest.raises(Reject, match="torn"):
        receive(pipe.hub.receiver, Delivery(delivery.header, iter(parts[:-1])))
    assert chunks(pipe) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_chunks_that_state_one_record_twice_are_not_kept(tmp_path: Path, engine: str) -> None:
    def chunk(name: int, *streams: int) -> heard.Heard:
        return heard.Heard(bytes([name]) * 32, len(streams), ("2025Q1",), np.array(streams, np.int64))

    with open_pipe(tmp_path, engine) as pipe, pipe.hub.store.writing() as connection:
        far = 7 << 32
        heard.keep(connection, "pt-test", "x", 1, [chunk(1, 3, far, 1), chunk(2, 4, 5), chunk(3, 5, 6)], moved=False)
        known = heard.known(connection, bytes([1]) * 32)
        assert known is not None
        assert (known.stated, known.periods, known.streams.tolist()) == (3, ("2025Q1",), [1, 3, far])
        assert [heard.known(connection, bytes([name]) * 32) for name in (2, 3, 4)] == [None] * 3
        heard.keep(connection, "pt-other", "x", 2, [chunk(4, 9)], moved=True)
        assert heard.known(connection, bytes([1]) * 32) is not None
        heard.keep(connection, "pt-test", "x", 3, [chunk(5, 8)], moved=True)
        assert heard.known(connection, bytes([1]) * 32) is None
        assert heard.known(connection, bytes([5]) * 32) is not None


def test_only_so_many_chunks_of_a_dataset_are_kept(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST", 3)
    for number in range(8):
        pipe.take([row(number)])
    assert chunks(pipe) <= 4
    assert pipe.take([row(7)])["events"] == 0
