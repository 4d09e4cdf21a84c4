"""A closed quarter goes out once, signed, and then stands, whatever happens to the data or to the process."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from hub.errors import Reject, Retry, Stop
from hub.release import ledger, zone
from hub.release.coarsen import read_lattice
from hub.release.signing import release_keys
from tests.release_warehouse import FROZEN, frozen_rows, people, run, settings_in, warehouse

ROOT = Path(__file__).parent.parent


def bytes_below(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def one_release(tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("released"))
    warehouse(settings, people(2000), people(1500, cube="referrals"))
    run(settings)
    return settings


@pytest.fixture
def released(one_release, tmp_path):
    """A copy of its own: tests spoil it."""
    shutil.copytree(one_release.home, tmp_path / "home")
    return settings_in(tmp_path / "home")


def test_the_release_file_holds_one_cube_of_each_kind_and_no_subject(released):
    with duckdb.connect(str(released.release_path), read_only=True) as connection:
        columns = connection.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall()
    assert {table for table, _ in columns} == {*FROZEN, *zone.COPIED, "codes", "columns", "indicator_figures"}
    assert "subject" not in {column for _, column in columns}
    for number in ("contacts", "referrals"):
        assert [table for table, column in columns if column == number] == [number]


def test_every_published_number_is_a_positive_multiple_of_five_and_every_cell_stands_once(released):
    rows = frozen_rows(released)
    for table in ("contacts", "referrals"):
        assert rows[table]
        assert all(row[-1] >= 5 and row[-1] % 5 == 0 for row in rows[table])
        assert len({row[:-1] for row in rows[table]}) == len(rows[table])


def test_the_total_is_near_the_exact_one(released):
    with duckdb.connect(str(released.warehouse_path), read_only=True) as connection:
        exact = connection.execute("SELECT sum(contacts) FROM cubes.contact_contributions").fetchone()[0]
    # what thin cells hide is not all made up for: one in a hundred here
    assert abs(sum(row[-1] for row in frozen_rows(released)["contacts"]) - exact) < exact * 0.02


def test_a_frozen_period_does_not_move_by_a_byte_when_data_change(released):
    rows, files = frozen_rows(released), bytes_below(released.home / "releases")
    file = hashlib.sha256(released.release_path.read_bytes()).digest()
    warehouse(released, people(2001, seed=9), people(10, cube="referrals"), position=99)
    again = run(released)
    assert (again.released, again.frozen, again.changed) == ((), ("2025Q1",), False)
    assert (frozen_rows(released), bytes_below(released.home / "releases")) == (rows, files)
    assert hashlib.sha256(released.release_path.read_bytes()).digest() == file


def test_plans_move_on_while_the_quarter_stands(released):
    rows = frozen_rows(released)
    warehouse(released, people(2001, seed=9), due="2027-07-01")
    assert run(released).changed
    with duckdb.connect(str(released.release_path), read_only=True) as connection:
        assert connection.execute("SELECT due_on FROM measures").fetchall() == [(date(2027, 7, 1),)]
    assert frozen_rows(released) == rows


def test_the_same_people_and_secret_give_the_same_release_and_another_secret_another(tmp_path):
    tables = []
    for name, secret in (("a", b"s"), ("b", b"s"), ("c", b"t")):
        settings = settings_in(tmp_path / name)
        warehouse(settings, people(2000))
        release_keys(settings.keys_dir)
        (settings.keys_dir / "release" / "rounding.secret").write_bytes(secret * 32)
        run(settings)
        tables.append(frozen_rows(settings)["contacts"])
    assert tables[0] == tables[1] != tables[2]


def test_a_year_is_its_quarters_each_frozen_by_itself(tmp_path):
    settings = settings_in(tmp_path)
    warehouse(settings, people(500) + people(500, quarter="2025Q2") + people(500, quarter="2025Q4"))
    run(settings, "2025Q2")
    lines = []
    year = run(settings, "2025", today=date(2026, 3, 1), echo=lines.append)
    assert (year.released, year.frozen, year.empty) == (("2025Q1", "2025Q4"), ("2025Q2",), ("2025Q3",))
    assert ledger.released(settings.release_path) == ["2025Q1", "2025Q2", "2025Q4"]
    assert any("2025Q2: frozen" in line for line in lines)


def test_a_quarter_is_rejected_until_it_has_been_over_for_45_days(tmp_path):
    settings = settings_in(tmp_path)
    warehouse(settings, people(500))
    with pytest.raises(Reject, match="2025-05-15"):
        run(settings, today=date(2025, 5, 14))
    assert run(settings, today=date(2025, 5, 15)).released == ("2025Q1",)
    with pytest.raises(Reject, match="2025Q4"):
        run(settings, "2025")


@pytest.mark.parametrize("period", ["2025Q5", "2025-07", "2025Q1; DROP", "", "2025Q1\n"])
def test_a_period_that_is_none_is_rejected(tmp_path, period):
    with pytest.raises(Reject):
        run(settings_in(tmp_path), period)


def test_without_a_warehouse_or_without_people_publishing_stops_and_says_what_to_do(tmp_path):
    settings = settings_in(tmp_path)
    with pytest.raises(Stop, match="no warehouse"):
        run(settings)
    warehouse(settings, [])
    with pytest.raises(Stop, match="nobody"):
        run(settings)
    duckdb.connect(str(tmp_path / "bare.duckdb")).close()
    os.replace(tmp_path / "bare.duckdb", settings.warehouse_path)
    with pytest.raises(Stop, match="not built"):
        run(settings)
    warehouse(settings, people(50))
    with pytest.raises(Reject, match="nothing happened"):
        run(settings, "2024Q4")
    assert not settings.release_path.exists()


def test_a_value_that_the_lattice_does_not_know_stops_the_release(tmp_path):
    settings = settings_in(tmp_path)
    strange = list(people(1)[0])
    strange[6] = "mystery"
    warehouse(settings, [*people(50), tuple(strange)])
    with pytest.raises(Stop, match="sex") as caught:
        run(settings)
    assert "mystery" not in str(caught.value)


def test_later_quarters_are_never_finer_but_one_empty_quarter_costs_nothing(tmp_path):
    settings = settings_in(tmp_path)
    few, many = people(120), people(30_000, quarter="2025Q2")
    other = people(30_000, country="AT") + people(30_000, country="AT", quarter="2025Q3")
    warehouse(settings, few + many + other)
    for quarter in ("2025Q1", "2025Q2", "2025Q3"):
        run(settings, quarter)
    levels = {}
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        for country, quarter, dimension, level in connection.execute(
            "SELECT country, quarter, dimension, level FROM levels WHERE cube = 'contacts'"
        ).fetchall():
            levels.setdefault((country, quarter), {})[dimension] = level
    tops = read_lattice().tops
    first, second = levels["PT", "2025Q1"], levels["PT", "2025Q2"]
    assert all(second[dimension] >= level for dimension, level in first.items())
    assert levels["AT", "2025Q2"] == {dimension: tops[dimension] for dimension in first}
    assert levels["AT", "2025Q3"] == levels["AT", "2025Q1"] != levels["AT", "2025Q2"]


def test_every_country_that_takes_part_is_listed_in_every_quarter_with_somebody_or_without(tmp_path):
    seen = []
    for number in range(5):
        settings = settings_in(tmp_path / str(number))
        warehouse(settings, people(500) + people(number, country="AT") + people(9, country="AT", quarter="2024Q1"))
        run(settings)
        rows = frozen_rows(settings)
        at = [row for row in rows["levels"] if row[2] == "AT"], [row for row in rows["contacts"] if row[2] == "AT"]
        seen.append(at)
    assert all(at == seen[0] for at in seen)  # nobody, one and four persons: the same bytes
    assert (len(seen[0][0]), seen[0][1]) == (11, [])


CHILD = """
import os, pathlib, signal, sys
from datetime import date
from hub.release.publish import publish
from tests.release_warehouse import settings_in
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{trap}
publish(settings_in(pathlib.Path(sys.argv[1])), '2025Q2', today=date(2025, 12, 1))
"""
TRAPS = {
    "between build and replace": "os.replace = die",
    "before the file is synced": "os.fsync = die",
    "between replace and folder": "pathlib.Path.rename = die",
}


@pytest.mark.parametrize("when", TRAPS)
def test_a_kill_leaves_the_old_file_or_the_new_one(released, when):
    warehouse(released, people(2000, seed=5) + people(2000, quarter="2025Q2"))
    old, rows = released.release_path.read_bytes(), frozen_rows(released)
    child = subprocess.run(
        [sys.executable, "-c", CHILD.format(trap=TRAPS[when]), str(released.home)], cwd=ROOT, capture_output=True
    )
    assert child.returncode == -signal.SIGKILL
    if when == "between replace and folder":
        assert ledger.released(released.release_path) == ["2025Q1", "2025Q2"]
    else:
        assert released.release_path.read_bytes() == old
    after = run(released, "2025Q2")
    assert {*after.released, *after.frozen} == {"2025Q2"}
    assert frozen_rows(released) == rows
    assert sorted(p.name for p in (released.home / "releases").iterdir()) == ["r2025Q1", "r2025Q2"]
    assert not [path.name for path in released.home.iterdir() if ".new" in path.name]


def test_two_publishers_at_once_are_one_too_many(released):
    with ledger.only_one(released.home), pytest.raises(Retry):
        run(released)


def test_the_code_lists_come_along(released):
    with duckdb.connect(str(released.release_path), read_only=True) as connection:
        rows = connection.execute("SELECT * FROM codes").fetchall()
    assert len(rows) == len(zone.codes())
