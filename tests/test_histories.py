# ruff: noqa: B023 - the function is called before the loop goes on
"""Any history of statements, in any order of rows, split and carried in any way, on either engine: one current state.

A dictionary is told the same history: what it ends with is what the log must say.
"""

import os
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.cli.feed import catch_up_warehouse, check
from tests.opened import current
from tests.pipe import MAPPING, Pipe, Row, open_pipe, quiet, row
from tests.postgres import ENGINES

EXAMPLES = int(os.environ.get("HUB_TEST_HISTORIES", "6"))
MOST = 8
"""Records of a source."""
DAYS = {"2025Q1": "{:02}-02-2025", "2025Q2": "{:02}-05-2025"}
SOURCES = (("one", "xx_contacts"), ("one", "yy_contacts"), ("two", "xx_contacts"))
"""A partner with two datasets, and another one: all of them number their records from 0."""
NUMBERS = count(1)


class Said(NamedTuple):
    """What a row says of its record: whom it is about, how old, and when. One that is not `good` is refused."""

    case: int
    age: int
    quarter: str
    good: bool


class Statement(NamedTuple):
    """A delivery: its source, its rows by their records, and the quarters it is about, where that was said."""

    source: int
    rows: dict[int, Said]
    complete: bool
    periods: tuple[str, ...]


QUARTERS = st.sampled_from(sorted(DAYS))
SAID = st.builds(
    Said, st.integers(0, 3), st.sampled_from((20, 40, 70)), QUARTERS, st.sampled_from((True,) * 9 + (False,))
)
STATEMENTS = st.builds(
    Statement,
    st.integers(0, len(SOURCES) - 1),
    st.dictionaries(st.integers(0, MOST - 1), SAID, min_size=1, max_size=MOST),
    st.booleans(),
    st.sampled_from(((), (), tuple(DAYS), *((each,) for each in DAYS))),
)


@pytest.fixture(scope="module")
def pipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Pipe]]:
    """An installation on each engine, for partners that are new in every example."""
    with (
        open_pipe(tmp_path_factory.mktemp("pipe"), "sqlite") as lite,
        open_pipe(tmp_path_factory.mktemp("pipe"), "postgresql") as post,
    ):
        yield dict(zip(ENGINES, (lite, post), strict=True))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=st.lists(STATEMENTS, min_size=1, max_size=5), chance=st.randoms(use_true_random=False))
def test_any_history_ends_in_the_state_that_a_dictionary_ends_in(
    pipes: dict[str, Pipe], history: list[Statement], chance: Random
) -> None:
    standing, closed = told(history)
    last = [Statement(source, rows, False, ()) for source, rows in enumerate(standing) if rows]
    facts, _ = state_after(pipes["sqlite"], last, as_they_come, chance)
    for way in (as_they_come, one_by_one, in_pieces):
        for pipe in pipes.values():
            assert state_after(pipe, history, way, chance) == (facts, closed), (way.__name__, pipe.hub.settings.home)


def test_replay_is_live_after_all_these_histories(pipes: dict[str, Pipe]) -> None:
    for pipe in pipes.values():
        pipe.take([row(1)])
        catch_up_warehouse(pipe.hub, rebuild=False, echo=quiet)
        result = check(pipe.hub, echo=quiet)
        assert (result["differing"], result["position"]) == ([], pipe.hub.store.position())


Standing = list[dict[int, Said]]
Closed = set[tuple[str, str, str, bool, int]]
"""Partner, dataset, quarter, whether a complete delivery ever covered it, and how many records stand in it."""


def told(history: list[Statement]) -> tuple[Standing, Closed]:
    """What stands after a history, told to dictionaries."""
    standing: Standing = [{} for _ in SOURCES]
    whole: dict[tuple[int, str], bool] = {}
    for source, rows, complete, periods in history:
        stated = {n: said for n, said in rows.items() if said.good and (not periods or said.quarter in periods)}
        covered = {*periods, *(said.quarter for said in stated.values())}
        standing[source] |= stated
        if complete:
            kept = standing[source].items()
            standing[source] = {n: said for n, said in kept if n in rows or said.quarter not in covered}
        for quarter in covered:
            whole[source, quarter] = whole.get((source, quarter), False) or complete
    closed = {
        (*SOURCES[source], quarter, complete, sum(said.quarter == quarter for said in standing[source].values()))
        for (source, quarter), complete in whole.items()
    }
    return standing, closed


Deliver = Callable[..., Any]
Way = Callable[[Pipe, Statement, Deliver, Random], None]


def as_they_come(pipe: Pipe, statement: Statement, deliver: Deliver, chance: Random) -> None:
    deliver(pipe.take, rows_of(statement.rows), complete=statement.complete)


def one_by_one(pipe: Pipe, statement: Statement, deliver: Deliver, chance: Random) -> None:
    """Every row alone; then once more all of them, where together they say more than each."""
    for number, said in statement.rows.items():
        deliver(pipe.take, rows_of({number: said}), complete=False)
    if statement.complete:
        deliver(pipe.take, rows_of(statement.rows), complete=True)


def in_pieces(pipe: Pipe, statement: Statement, deliver: Deliver, chance: Random) -> None:
    """In any order and some of it twice, partly from the inbox; what is complete comes whole after its pieces."""
    numbers = list(statement.rows) * chance.choice((1, 1, 2))
    chance.shuffle(numbers)
    cut = chance.randrange(len(numbers) + 1)
    pieces = [(numbers[:cut], False), (numbers[cut:], False)]
    if statement.complete:
        pieces = [(numbers[:cut], False), (numbers, True)]
    for piece, complete in pieces:
        if piece:
            rows = [each for number in piece for each in rows_of({number: statement.rows[number]})]
            deliver(chance.choice((pipe.take, pipe.drop)), rows, complete=complete)


def rows_of(rows: dict[int, Said]) -> list[Row]:
    """The table's rows. A day is a record's own, so that no two records say the same."""
    return [
        row(
            number,
            case=f"C{said.case}",
            age=str(said.age) if said.good else "many",
            date=DAYS[said.quarter].format(number + 1),
        )
        for number, said in rows.items()
    ]


def state_after(pipe: Pipe, history: list[Statement], way: Way, chance: Random) -> tuple[list[Any], Closed]:
    """What a history leaves when it is told by partners that were never heard of: facts by person, closed quarters."""
    partners = {name: f"pt-x{next(NUMBERS)}" for name, _ in SOURCES}
    mappings = {}
    for _, dataset in SOURCES:
        mappings[dataset] = pipe.folder / f"{dataset}.yaml"
        mappings[dataset].write_text(MAPPING.replace("name: xx_contacts", f"name: {dataset}"), "utf-8")
    for statement in history:
        partner, dataset = SOURCES[statement.source]

        def deliver(carry: Callable[..., Any], rows: list[Row], *, complete: bool) -> None:
            said = {"confirmed": True, "periods": statement.periods, "partner": partners[partner]}
            carry(rows, mappings[dataset], complete=complete, **said)

        way(pipe, statement, deliver, chance)
    pipe.receive()
    return _by_roles(current(pipe.hub, set(partners.values())), {mine: role for role, mine in partners.items()})


def _by_roles(persons: list[Any], roles: dict[str, str]) -> tuple[list[Any], Closed]:
    facts, closed = [], set()
    for person in persons:
        named = [(name, roles[partner], *said) for name, partner, *said in person]
        if named[0][0] == "delivery.closed":
            ((_, role, dataset, _, data),) = named
            said = msgspec.json.decode(data)
            closed.add((role, dataset, said["period"], said["complete"], said["records"]))
        else:
            facts.append(sorted(named))
    return sorted(facts), closed
