"""Persons in cells become multiples of five: near, additive, the same every time, and never more of one person."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import Stop
from hub.release.coarsen import choose, read_lattice, thin_classes
from hub.release.cube import Cells, Contributions, bounded
from hub.release.protect import protect, publishable, rounded_persons
from hub.release.rounding import draws, round_cells, seed

POLICY = dataclasses.replace(read_lattice().policy, thin_share=0.0)
SHARING = dataclasses.replace(POLICY, thin_share=0.02)
SEED = seed(b"k" * 32, "2025Q1", "PT", "contacts")


def cube(shape, persons, excess=None):
    persons = np.asarray(persons, dtype=np.int64)
    return Cells(shape, persons, persons if excess is None else persons + np.asarray(excess, dtype=np.int64))


def thick(cells):
    return np.zeros(cells.persons.size, dtype=bool)


def contributions(rows):
    """Rows of (subject, *finest places, times)."""
    subjects, who = np.unique(np.array([row[0] for row in rows], dtype=object), return_inverse=True)
    where = np.array([row[1:-1] for row in rows], dtype=np.int64)
    return Contributions(subjects, who, where, np.array([row[-1] for row in rows], dtype=np.int64))


def ladders(*dimensions):
    lattice = read_lattice()
    return [lattice.ladder(dimension, "PT", ["PT11", "PT17"]) for dimension in dimensions]


small_cubes = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3)).flatmap(
    lambda shape: st.tuples(
        st.just(shape),
        st.lists(st.integers(0, 23), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))),
        st.lists(st.integers(0, 40), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))),
        st.binary(min_size=32, max_size=32),
        st.lists(st.booleans(), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))),
    )
)


@settings(max_examples=150, deadline=None)
@given(small_cubes)
def test_every_cell_keeps_its_band_whatever_the_cube_and_the_key(drawn):
    shape, persons, excess, key, thin = drawn
    cells = cube(shape, persons, np.where(np.array(persons) > 0, excess, 0))
    thin = np.array(thin)
    y = rounded_persons(cells, thin, POLICY, key)
    published = publishable(cells, thin, POLICY, key)
    x = cells.persons
    assert (y % 5 == 0).all()
    assert (abs(y - x)[x > 0] <= 4).all()
    assert np.isin(y[x == 0], (0, 5)).all()
    assert (y[x % 5 == 0] == x[x % 5 == 0])[x[x % 5 == 0] > 0].all()
    assert (y[thin & (x < 5)] == 0).all()
    assert (published % 5 == 0).all()
    assert (published[y == 0] == 0).all()
    assert (abs(published - cells.counts)[(y > 0) & (x > 0)] <= 8).all()


def test_a_person_who_comes_once_is_published_as_the_rounded_persons_exactly():
    cells = cube((6, 5), np.arange(30))
    assert (publishable(cells, thick(cells), POLICY, SEED) == rounded_persons(cells, thick(cells), POLICY, SEED)).all()


def test_contacts_of_a_cell_whose_persons_round_to_nothing_are_nothing():
    cells = cube((1,), [1], [400])
    keys = [seed(bytes([i]) * 32, "2025Q1", "PT", "contacts") for i in range(60)]
    shown = [int(publishable(cells, thick(cells), POLICY, key)[0]) for key in keys]
    assert 0 in shown
    assert all(number == 0 or 400 <= number <= 409 for number in shown)


def test_the_same_key_gives_the_same_table_and_another_key_another():
    cells = cube((10, 10), np.random.default_rng(1).integers(0, 20, 100))
    first, again = (publishable(cells, thick(cells), POLICY, SEED) for _ in range(2))
    other = publishable(cells, thick(cells), POLICY, seed(b"j" * 32, "2025Q1", "PT", "contacts"))
    assert (first == again).all()
    assert (first != other).any()


def test_the_key_stream_never_changes_with_a_library():
    # the same as `openssl enc -chacha20` gives under this key
    assert draws(b"k" * 32, "persons", 2).tolist() == [14396934473783094068, 2330752784293300796]


def test_one_empty_cell_in_fifty_shows_a_five():
    cells = cube((100, 100), np.zeros(10_000))
    invented = rounded_persons(cells, thick(cells), POLICY, SEED)
    assert 150 <= (invented == 5).sum() <= 250
    assert (rounded_persons(cells, np.ones(10_000, dtype=bool), POLICY, SEED) == 0).all()


def margin_errors(y, x, shape):
    error, axes = (y - x).reshape(shape), range(len(shape))
    families = [f for k in range(3) for f in combinations(axes, k)]
    return [np.abs(error.sum(axis=tuple(a for a in axes if a not in f))).mean() for f in families]


def test_the_search_brings_every_margin_family_nearer():
    shape = (8, 7, 6, 5)
    cells = cube(shape, np.random.default_rng(2).poisson(3, int(np.prod(shape))))
    nothing = np.zeros(cells.persons.size, dtype=np.int64)
    searched = round_cells(cells.persons, shape, SEED, "persons", base=5, fixed=thick(cells), error=nothing)
    rest = cells.persons % 5
    plain = cells.persons - rest + 5 * (draws(SEED, "persons", rest.size) % np.uint64(5) < rest.astype(np.uint64))
    assert max(margin_errors(searched, cells.persons, shape)) < 4
    assert np.mean(margin_errors(plain, cells.persons, shape)) > 3 * np.mean(
        margin_errors(searched, cells.persons, shape)
    )


def test_a_person_counts_once_in_a_cell_and_in_at_most_three_cells():
    age = ladders("age_band")
    often = [("busy", place, 2) for place in range(7)]
    cells = bounded(contributions([*often, ("busy", 0, 3), ("calm", 0, 1)]), age, {"age_band": 0}, 3, b"k")
    assert cells.persons.sum() == 4
    assert cells.persons.max() <= 2
    everything = bounded(contributions([*often, ("calm", 0, 1)]), age, {"age_band": 0}, 7, b"k")
    assert everything.persons.sum() == 8  # the control: without the bound all seven count
    joined = bounded(contributions([*often, ("calm", 0, 1)]), age, {"age_band": 3}, 3, b"k")
    assert (joined.persons.tolist(), joined.counts.tolist()) == ([2], [15])


def test_which_cells_of_a_busy_person_count_depends_on_the_key_alone():
    rows, age = [("busy", place, 1) for place in range(7)], ladders("age_band")
    chosen = {tuple(bounded(contributions(rows), age, {"age_band": 0}, 3, bytes([k])).persons) for k in range(30)}
    turned = bounded(contributions(rows[::-1]), age, {"age_band": 0}, 3, bytes([0])).persons
    assert len(chosen) > 5
    assert (turned == bounded(contributions(rows), age, {"age_band": 0}, 3, bytes([0])).persons).all()


def random_people(number, *sizes, seed=3):
    rng = np.random.default_rng(seed)
    return contributions([(f"p{i}", *(int(rng.integers(0, size)) for size in sizes), 1) for i in range(number)])


@pytest.mark.parametrize("policy", [POLICY, SHARING])
def test_a_country_with_almost_nobody_ends_at_all_everywhere_and_shows_nothing(policy):
    rungs = ladders("region", "age_band", "context", "sex")
    for number in (1, 4):
        result = protect(random_people(number, 3, 7, 8, 4), rungs, {}, policy, SEED)
        assert result.levels == {"region": 1, "age_band": 3, "context": 2, "sex": 2}
        assert result.cells == []


@pytest.mark.parametrize("policy", [POLICY, SHARING])
def test_more_people_bear_more_detail_and_never_a_finer_level_than_before(policy):
    rungs = ladders("region", "age_band", "context", "sex")
    sums = [
        sum(protect(random_people(number, 3, 7, 8, 4), rungs, {}, policy, SEED).levels.values())
        for number in (20, 400, 20_000)
    ]
    assert sums[0] > sums[1] >= sums[2] == 0
    floor = {"region": 0, "age_band": 2, "context": 0, "sex": 1}
    assert protect(random_people(20_000, 3, 7, 8, 4), rungs, floor, policy, SEED).levels == floor


def test_no_published_cell_class_is_thin_under_the_strict_rule():
    rungs = ladders("region", "age_band", "context", "sex")
    people = random_people(400, 3, 7, 8, 4)
    levels, thin = choose(rungs, {}, lambda at: bounded(people, rungs, at, 3, b"k").margins(), POLICY)
    assert not thin.any()
    finest = bounded(people, rungs, dict.fromkeys(levels, 0), 3, b"k").margins()
    assert thin_classes(finest, POLICY).any()  # the control: without climbing there are thin classes


@pytest.mark.parametrize("policy", [POLICY, SHARING])
def test_nobody_and_four_persons_with_a_rare_value_lead_to_the_same_levels(policy):
    rungs = ladders("age_band", "sex")
    crowd = [(f"p{i}", i % 7, i % 2, 1) for i in range(2000)]
    levels = []
    for rare in range(5):
        people = contributions([*crowd, *((f"r{i}", 3, 2, 1) for i in range(rare))])
        levels.append(protect(people, rungs, {}, policy, SEED).levels)
    assert all(found == levels[0] for found in levels)


def test_the_order_of_climbs_is_the_listed_one_whatever_the_data():
    rungs = ladders("age_band", "sex")
    people = contributions([(f"p{i}", i % 7, 2 if i < 5 else i % 2, 1) for i in range(700)])
    seen = []

    def measure(levels):
        seen.append(tuple(levels.values()))
        return bounded(people, rungs, levels, 3, b"k").margins()

    choose(rungs, {}, measure, POLICY)
    assert seen == [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)]


def test_every_level_of_the_lattice_joins_the_values_of_the_level_before():
    lattice = read_lattice()
    for dimension in lattice.dimensions:
        ladder = lattice.ladder(dimension, "PT", ["PT11", "PT17"])
        assert len(ladder.values[-1]) == 1 or dimension == "course"  # which never comes apart
        for fine, coarse in zip(ladder.places, ladder.places[1:], strict=False):
            assert len(set(zip(fine.tolist(), coarse.tolist(), strict=True))) == len(set(fine.tolist()))


def test_a_level_that_forgets_a_value_is_refused(tmp_path):
    source = (read_lattice.__defaults__ or ())[0].read_text()
    broken = tmp_path / "lattice.yaml"
    broken.write_text(source.replace("OTHER: [X, U]", "OTHER: [X]"))
    with pytest.raises(Stop, match="sex"):
        read_lattice(broken).ladder("sex", "PT", [])
