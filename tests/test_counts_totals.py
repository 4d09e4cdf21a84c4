"""Tables made by chance: the cells are stated and nothing else, and one wrong number is found by its totals."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.count_table import CountAdapter
from tests.counting import COUNTS, loaded, numbers, table, taken

CODES = {"threat": "02012", "rape": "03011", "other": "NR"}
CELLS = st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=3, max_size=3)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> CountAdapter:
    return loaded(tmp_path_factory.mktemp("counts"), COUNTS.replace('thousands: ".", ', ""))


def rows(cells: list[tuple[int, int]]) -> list[list[str]]:
    """A quarter with all its totals."""
    sums = (sum(women for women, _ in cells), sum(men for _, men in cells))
    named = zip([*CODES, "all"], [*cells, sums], strict=True)
    return [["2025Q1", word, str(women), str(men), str(women + men), ""] for word, (women, men) in named]


def lines(made: list[list[str]]) -> bytes:
    return table(*map(";".join, made))


@settings(max_examples=40, deadline=None)
@given(cells=CELLS, order=st.permutations(range(4)))
def test_the_cells_are_stated_and_no_total_in_whatever_order(
    adapter: CountAdapter, cells: list[tuple[int, int]], order: list[int]
) -> None:
    made = rows(cells)
    stated, refused = taken(adapter, lines([made[at] for at in order]))
    assert refused == []
    expected = [
        (code, sex, count)
        for code, pair in zip(CODES.values(), cells, strict=True)
        for sex, count in zip("FM", pair, strict=True)
    ]
    assert sorted(numbers(stated, "offence", "sex")) == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(cells=CELLS, row=st.integers(0, 3), column=st.integers(2, 4), more=st.integers(1, 50))
def test_one_wrong_number_anywhere_is_found(
    adapter: CountAdapter, cells: list[tuple[int, int]], row: int, column: int, more: int
) -> None:
    made = rows(cells)
    made[row][column] = str(int(made[row][column]) + more)
    stated, refused = taken(adapter, lines(made))
    assert any(f"line {row + 2}, count {column - 1}: total-differs" in each for each in refused)
    assert len(stated) + len(refused) <= 12
    assert all(f"line {row + 2}, count {column - 1}" not in str(each) for each in stated)


@settings(max_examples=40, deadline=None)
@given(cells=CELLS, row=st.integers(0, 2), column=st.integers(2, 3), mark=st.sampled_from(["<5", ":", ""]))
def test_a_cell_that_is_kept_back_leaves_no_number_and_lets_its_totals_pass(
    adapter: CountAdapter, cells: list[tuple[int, int]], row: int, column: int, mark: str
) -> None:
    made = rows(cells)
    made[row][column] = mark
    stated, refused = taken(adapter, lines(made))
    assert refused == []
    assert len([each for each in numbers(stated) if each != (None,)]) == 5


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=6), column=st.integers(0, 5))
def test_whatever_stands_in_a_cell_it_is_stated_or_refused_and_never_quoted(
    adapter: CountAdapter, text: str, column: int
) -> None:
    made = rows([(1, 2), (3, 4), (5, 6)])
    made[0][column] = f"Kqzvx{text}"
    stated, refused = taken(adapter, lines(made).decode().encode("utf-8", "surrogatepass"))
    assert "Kqzvx" not in f"{refused}{[each.facts for each in stated]}"


def test_a_century_of_quarters_is_taken_with_its_totals(tmp_path: Path) -> None:
    years = [f"{year}Q{quarter}" for year in range(1900, 2000) for quarter in range(1, 5)]
    made = [[period, *row[1:]] for period in years for row in rows([(7, 8), (9, 10), (11, 12)])]
    stated, refused = taken(loaded(tmp_path), lines(made))
    assert (len(stated), refused) == (6 * len(years), [])
