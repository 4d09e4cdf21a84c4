"""The hostile partner: whatever it sends, no row is lost, nothing stops, and no text of it is told."""

import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hub.adapters.base import Fact, Record, Rejected, Statement
from hub.adapters.damage import MARK
from hub.adapters.hostile import HostileAdapter, hostile_files
from hub.errors import Reject
from tests.delivered import left
from tests.pipe import Pipe, open_pipe, row, write_mapping, write_table

SEEDS = range(2)


def sent(pipe: Pipe, seed: int) -> tuple[Counter[str], list[str]]:
    """All files of the hostile partner, one after the other: what became of them, and all that was told."""
    rng = random.Random(seed)
    good = write_table(pipe.folder / "good.csv", [row(number) for number in range(12)]).read_bytes()
    mapping, told, became = write_mapping(pipe.folder), [], Counter[str]()
    for how, data in hostile_files(good, ";", rng, damaged=4):
        path = pipe.folder / "sent.csv"
        path.write_bytes(data)
        try:
            result = pipe.take_file(path, mapping, complete=rng.random() < 0.5, echo=told.append)
        except Reject as error:
            told.append(str(error))
            became["whole files refused"] += 1
            continue
        told += map(str, result["refusals"])
        became.update({name: result[name] for name in ("received", "accepted", "unchanged", "quarantined")})
        if how in ("double", "reordered", "columns reordered"):
            assert (result["accepted"], result["events"]) == (0, 0), how
    return became, told


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_all_its_files_go_in_or_are_put_aside_and_none_is_quoted(engine: str, tmp_path: Path) -> None:
    with open_pipe(tmp_path, engine) as pipe:
        became, told = sent(pipe, 1)
        assert min(became[name] for name in ("accepted", "unchanged", "quarantined", "whole files refused")) > 0
        assert MARK not in " ".join(told)
        pipe.project()
        good = [row(number) for number in range(12)]
        pipe.take(good, complete=True)
        assert pipe.take(good, complete=True)["events"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_other_seeds_end_as_well(seed: int, pipe: Pipe) -> None:
    assert MARK not in " ".join(sent(pipe, 10 + seed)[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_its_adapter_raises_and_states_anything_and_stops_nothing(seed: int, pipe: Pipe) -> None:
    result = pipe.take_adapter(HostileAdapter(seed))
    assert result["received"] == 60
    assert min(result["accepted"], result["quarantined"]) > 0
    assert MARK not in str(result["refusals"])
    assert "adapter-failed" in {each["rule"] for each in result["refusals"]}


def test_one_that_breaks_off_is_refused_whole_and_says_where() -> None:
    with pytest.raises(Rejected, match="adapter-failed at after record 30") as caught:
        left(HostileAdapter(1, breaks_off=True), b"")
    assert MARK not in str(caught.value)


def test_half_a_pair_of_surrogates_and_numbers_without_end_are_put_aside_readably() -> None:
    put_aside = left(Odd(), b"").refused
    assert put_aside == {"line 1": ["\\xed\\xa0\\x80", "nan", hex(10**40), "<object>", {"1": "\\xff"}]}


class Odd:
    """An adapter of one record that JSON cannot spell."""

    name = "xx_odd"

    def read(self, source):
        yield Record("line 1", ["\ud800", float("nan"), 10**40, object(), {1: b"\xff"}])

    def translate(self, record: Record) -> Statement:
        raise Rejected("unknown-code", "word")


def test_a_statement_about_nobody_may_not_hold_an_event_about_somebody() -> None:
    says = Plain("contact"), Plain("plan")
    assert [left(each, b"").closing.refused for each in says] == [0, 1]


class Plain:
    """An adapter of one good record, of a kind."""

    name = "xx_plain"

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def read(self, source):
        yield Record("line 1", {})

    def translate(self, record: Record) -> Statement:
        return Statement(self.kind, "K1", None, (Fact("contact.held", {"occurred_on": date(2025, 2, 3)}),))
