"""Indicators of persons leave the enclave as sums over one rounded cube a fact, and all cubes of a period agree."""

import itertools
import json
import shutil
from datetime import date

import duckdb
import numpy as np
import pytest

from hub.errors import Stop
from hub.release import publish as publishing
from hub.release.alike import groups, parents, shared_levels
from hub.release.coarsen import read_lattice
from hub.release.cube import Contributions
from hub.release.manifest import canonical, verify
from hub.release.protect import Coarsened, Protected, coarsen, protect_alike, publishable
from hub.release.query import query
from hub.release.rounding import settled
from hub.release.signing import release_keys
from tests.intervals import knowledge
from tests.release_warehouse import COURSE_SHARES, MARKS, people, run, same_people, settings_in, warehouse

LATER = date(2026, 6, 1)
POLICY = read_lattice().policy


def asked(settings, sql):
    return query(settings.release_path, sql)[1]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A year in which every person is one contact, one referral, one case, one need, one offence and one order."""
    settings = settings_in(tmp_path_factory.mktemp("courses"))
    warehouse(settings, *same_people(1500))
    run(settings, "2025", today=LATER)
    return settings


def test_a_year_goes_out_with_its_last_quarter_and_stands(released):
    assert asked(released, "SELECT DISTINCT release_id, year FROM courses") == [("r2025Q4", "2025")]
    assert asked(released, "SELECT DISTINCT release_id FROM marks") == [("r2025Q4",)]
    rows = asked(released, "SELECT * FROM courses ORDER BY ALL")
    warehouse(released, *same_people(1510, seed=2))
    assert run(released, "2025", today=LATER).frozen == ("2025Q1", "2025Q2", "2025Q3", "2025Q4")
    assert asked(released, "SELECT * FROM courses ORDER BY ALL") == rows
    warehouse(released, *same_people(1500))


def test_all_facts_of_the_same_persons_agree_in_every_group(released):
    """So they are sums of one table of multiples of five, and an attacker must always allow for that table."""
    for by in ("fact", "fact, sex", "fact, sex, age_group"):
        sums = {row[:-1]: row[-1] for row in asked(released, f"SELECT {by}, sum(records) FROM courses GROUP BY ALL")}
        assert {row[0] for row in sums} == set(COURSE_SHARES)
        assert len({(row[1:], number) for row, number in sums.items()}) == len({row[1:] for row in sums})


def test_figures_are_sums_over_released_cells_and_near_the_exact_ones(released):
    figures = asked(
        released,
        "SELECT summed_from, measure, indicator, sex, age_group, numerator, denominator, share, numerator_band "
        "FROM indicator_figures WHERE summed_from <> 'referrals'",
    )
    exact = {}
    for *_, fact, sex, age, course, records in same_people(1500)[2]:
        for of, place, indicator, _, measure, *_ in MARKS:
            if of == fact:
                for cell in itertools.product((sex, "ALL"), (age, "ALL")):
                    found = exact.setdefault((fact, measure, indicator, *cell), [0, 0])
                    found[0] += records * (course[place - 1] == "1")
                    found[1] += records * (course[place - 1] != "-")
    assert len(figures) > 60
    off = []
    for *key, numerator, denominator, share, band in figures:
        told = exact[tuple(key)]
        assert (numerator % 5, denominator % 5) == (0, 0)
        # what is not shown is at most 4 in each course with the mark and each group
        hidden = 4 * len(COURSE_SHARES[key[0]]) * (4 if key[3] == "ALL" else 1) * (3 if key[4] == "ALL" else 1)
        assert -hidden - band <= numerator - told[0] <= band
        assert share is None if denominator < 20 else share == pytest.approx(numerator / denominator, abs=0.000501)
        off.append(abs(numerator - told[0]))
    assert np.mean(off) < 5
    assert any(share is None for *_, share, _ in figures)


def test_a_cube_of_too_few_is_not_shown_and_looks_like_one_of_nobody(tmp_path):
    seen = []
    for number in (0, 1, 90):
        settings = settings_in(tmp_path / str(number))
        contacts, referrals, _ = same_people(600)
        some = same_people(number)[2] if number else []
        far = [("x", "pt-one", "PT", "2019", "fct_cases", "F", "ADULT", "111", 1)]
        warehouse(settings, contacts, referrals, some + far)
        run(settings, "2025", today=LATER)
        levels = asked(settings, "SELECT * FROM levels WHERE cube LIKE 'fct%' ORDER BY ALL")
        seen.append((levels, asked(settings, "SELECT * FROM courses")))
    assert seen[0] == seen[1] == seen[2]
    assert (len(seen[0][0]), seen[0][1]) == (3 * len(COURSE_SHARES), [])


def test_referrals_give_their_indicators_from_the_cube_that_is_there_already(tmp_path):
    settings = settings_in(tmp_path)
    warehouse(settings, [], people(30_000, cube="referrals"))
    run(settings)
    assert asked(settings, "SELECT count(*) FROM courses") == [(0,)]
    ((numerator, denominator),) = asked(
        settings,
        "SELECT numerator, denominator FROM indicator_figures "
        "WHERE indicator = 'I02' AND sex = 'ALL' AND age_group = 'ALL' AND period = '2025Q1'",
    )
    ((engaged, total),) = asked(
        settings, "SELECT sum(referrals) FILTER (outcome = 'ENGAGED_30D'), sum(referrals) FROM referrals"
    )
    assert (numerator, denominator) == (engaged, total)
    halves = asked(
        settings, "SELECT sum(numerator) FROM indicator_figures WHERE indicator = 'I02' AND sex <> 'ALL' "
        "AND age_group = 'ALL'"
    )  # fmt: skip
    assert halves == [(engaged,)]


def test_a_release_of_before_there_were_courses_opens_stands_and_takes_new_quarters(tmp_path):
    """The older layout: no courses, no marks, no figures; its manifest names three tables."""
    settings = settings_in(tmp_path)
    warehouse(settings, people(800) + people(800, quarter="2025Q2"))
    run(settings)
    with duckdb.connect(str(settings.release_path)) as connection:
        connection.execute("DROP VIEW indicator_figures")
        for table in ("courses", "marks"):
            connection.execute(f"DROP TABLE {table}")
        ((text,),) = connection.execute("SELECT manifest FROM releases").fetchall()
        manifest = json.loads(text)
        del manifest["tables"]["marks"]
        connection.execute("UPDATE releases SET manifest = ?", [canonical(manifest)])
        before = connection.execute("SELECT * FROM contacts ORDER BY ALL").fetchall()
    shutil.rmtree(settings.home / "releases")
    assert run(settings, "2025Q2").released == ("2025Q2",)
    assert asked(settings, "SELECT * FROM contacts WHERE quarter = '2025Q1' ORDER BY ALL") == before
    assert asked(settings, "SELECT * FROM courses") == []
    folder = settings.home / "releases" / "r2025Q1"
    assert sorted(path.stem for path in folder.glob("*.parquet")) == ["contacts", "levels", "referrals"]
    signature = bytes.fromhex((folder / "manifest.sig").read_text())
    verify(
        (folder / "manifest.json").read_bytes(),
        signature,
        release_keys(settings.keys_dir).public,
        settings.release_path,
    )


# ---- the attack: somebody knows that every row of a partner makes one of each ----


def alone(cubes, policy, shared_seed, least=0):
    """The control: every cube rounded by itself, as if nobody could know that it counts the same persons."""
    made = {}
    for name, cube in cubes.items():
        if cube.cells.persons.sum() >= least:
            numbers = publishable(cube.cells, cube.thin, policy, cube.seed)
            values = [ladder.values[cube.levels[ladder.dimension]] for ladder in cube.ladders]
            cells = zip(itertools.product(*values), numbers.tolist(), strict=True)
            made[name] = Protected(cube.levels, [(cell, number) for cell, number in cells if number])
    return made


def sure(settings):
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        return knowledge(connection, "2025").surely(1, 4)


def test_nobody_who_knows_that_all_cubes_count_the_same_persons_is_sure_of_one_to_four(released):
    assert sure(released) == []


def test_the_same_knowledge_is_enough_where_each_cube_is_rounded_by_itself(tmp_path, monkeypatch):
    """By chance it may not be in one release (3 to 6 in most); of five of them some tell."""
    monkeypatch.setattr(publishing, "protect_alike", alone)

    def told(number):
        settings = settings_in(tmp_path / str(number))
        settings.home.mkdir()
        warehouse(settings, *same_people(1500))
        run(settings, "2025", today=LATER)
        return len(sure(settings))

    assert any(map(told, range(5)))


def two_cuts(seed, number=60):
    """One population in two cubes: by sex alone, and by sex, age group and course."""
    rng = np.random.default_rng(seed)
    lattice = read_lattice()
    sex, age, course = rng.integers(0, 3, number), rng.integers(0, 2, number), rng.integers(0, 3, number)
    fine = [lattice.ladder(d, "PT", ["1", "2", "3"]) for d in ("course", "age_group", "sex")]
    subjects, once = np.arange(number).astype(object), np.ones(number, dtype=np.int64)
    given = Contributions(subjects, np.arange(number), np.stack([course, age, sex], axis=1), once)
    cubes = {}
    for name, floor in (("fine", {}), ("coarse", {"age_group": 2})):
        made = coarsen(given, fine, floor, POLICY, bytes([seed % 256]) * 16 + name.encode())
        cubes[name] = Coarsened(made.ladders, made.levels, made.cells, made.thin, made.seed)
    return cubes


def by_sex(protected):
    found = {}
    for (_, _, sex), number in protected.cells:
        found[sex] = found.get(sex, 0) + number
    return found


def test_two_cuts_of_one_population_never_differ_and_rounded_alone_they_do():
    differ = {protect_alike: 0, alone: 0}
    for seed in range(40):
        for rounded in differ:
            made = rounded(two_cuts(seed), POLICY, b"s%d" % seed)
            if made["fine"].levels["sex"] == made["coarse"].levels["sex"]:
                differ[rounded] += by_sex(made["fine"]) != by_sex(made["coarse"])
    assert differ[protect_alike] == 0
    assert differ[alone] > 10


def test_groups_are_nested_and_cubes_coarsened_in_another_order_are_refused():
    mine = {"course": 0, "age_group": 0, "sex": 0}
    others = [{"course": 0, "age_group": 1, "sex": 0}, {"course": 0, "age_group": 2, "sex": 1}]
    chain = shared_levels(mine, others)
    assert chain == [{}, {"age_group": 2, "sex": 1}, {"age_group": 1, "sex": 0}]
    ladders = [read_lattice().ladder(d, "PT", ["1", "2"]) for d in mine]
    whole, coarse, fine = groups(ladders, mine, chain)
    assert [group.shape for group in (whole, coarse, fine)] == [(1,), (1, 3), (3, 4)]
    assert parents(fine, coarse).tolist() == [0, 1, 2, 2] * 3
    with pytest.raises(Stop, match="orders"):
        shared_levels(mine, [{"age_group": 1, "sex": 0}, {"age_group": 0, "sex": 1}])


def test_cells_settle_on_their_groups_number_and_never_leave_their_neighbours():
    rng = np.random.default_rng(3)
    for _ in range(200):
        exact = rng.integers(0, 12, 24)
        groups_of, rest = np.repeat(np.arange(4), 6), exact % 5
        rounded = exact - rest + 5 * ((rest > 0) & (rng.random(24) < 0.5))
        whole = np.bincount(groups_of, weights=exact).astype(int)
        totals = whole - whole % 5 + 5 * ((whole % 5 > 0) & (rng.random(4) < 0.5))
        nothing = np.zeros(24, dtype=bool)
        made = settled(rounded, exact, b"k" * 32, base=5, hidden=nothing, thin=nothing, groups=groups_of, totals=totals)
        assert np.bincount(groups_of, weights=made).astype(int).tolist() == totals.tolist()
        assert (abs(made - exact)[exact > 0] < 5).all()


def test_no_filter_and_no_difference_of_filters_over_courses_is_one_to_four(released):
    rows = asked(released, "SELECT fact, sex, age_group, course, sum(records)::BIGINT FROM courses GROUP BY ALL")
    numbers = np.array([row[-1] for row in rows])
    columns = [np.unique(np.array(column), return_inverse=True) for column in list(zip(*rows, strict=True))[:-1]]
    rng = np.random.default_rng(5)
    found = set()
    for _ in range(20_000):
        chosen = [rng.random(len(values)) < rng.choice([0.2, 0.5, 0.9]) for values, _ in columns]
        mask = np.logical_and.reduce([keep[places] for keep, (_, places) in zip(chosen, columns, strict=True)])
        found.add(int(numbers[mask].sum()))
    assert len(found) > 100
    assert not found & {1, 2, 3, 4}
    assert all(number % 5 == 0 for number in found)
