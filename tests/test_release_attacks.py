"""What a reader with SQL and patience can get out of a release: nothing that is surely one to four persons."""

import dataclasses
from datetime import date

import duckdb
import numpy as np
import pytest

from hub.errors import Reject, Stop
from hub.release.coarsen import read_lattice, thin_classes
from hub.release.cube import Cells
from hub.release.protect import publishable, rounded_persons
from hub.release.publish import publish
from hub.release.query import connect, query
from tests.release_warehouse import people, settings_in, warehouse

TRIES = 20_000


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("attacked"))
    countries = [(n, c) for c, n in (("PT", 6000), ("AT", 800), ("BE", 60), ("FR", 3))]
    contacts = [row for n, c in countries for q in ("2025Q1", "2025Q2") for row in people(n, country=c, quarter=q)]
    warehouse(settings, contacts, [row for n, c in countries for row in people(n, country=c, cube="referrals")])
    publish(settings, "2025Q1", today=date(2025, 12, 1), echo=lambda line: None)
    publish(settings, "2025Q2", today=date(2025, 12, 1), echo=lambda line: None)
    return settings


def leaves(path, table, measure, dimensions):
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(dimensions)}, sum({measure})::BIGINT FROM {table} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [row[:-1] for row in rows], np.array([row[-1] for row in rows], dtype=np.int64)


def filtered(cells, numbers, tries, seed):
    """Sums of random filters, and what each loses when one more value of one dimension is taken away."""
    rng = np.random.default_rng(seed)
    columns = [np.unique(np.array(column), return_inverse=True) for column in zip(*cells, strict=True)]
    for _ in range(tries):
        chosen = [rng.random(len(values)) < rng.choice([0.2, 0.5, 0.9]) for values, _ in columns]
        mask = np.logical_and.reduce([keep[places] for keep, (_, places) in zip(chosen, columns, strict=True)])
        d = int(rng.integers(len(columns)))
        without = mask & (columns[d][1] != rng.integers(len(columns[d][0])))
        yield int(numbers[mask].sum()), int(numbers[without].sum())


CONTACTS = ["quarter", "country", "region", "context", "sex", "age_band", "channel"]
REFERRALS = ["quarter", "country", "region", "context", "sex", "age_band", "mode", "outcome"]


@pytest.mark.parametrize(("table", "dimensions"), [("contacts", CONTACTS), ("referrals", REFERRALS)])
def test_no_filter_and_no_difference_of_filters_is_one_to_four(released, table, dimensions):
    cells, numbers = leaves(released.release_path, table, table, dimensions)
    sums = list(filtered(cells, numbers, TRIES, 1))
    assert not [pair for pair in sums if 1 <= pair[0] <= 4]
    assert not [pair for pair in sums if 1 <= pair[0] - pair[1] <= 4]
    assert len(set(sums)) > 20  # the filters do find different things
    raw = f"cubes.{table[:-1]}_contributions"
    exact = list(filtered(*leaves(released.warehouse_path, raw, table, dimensions), 1000, 1))
    assert len([pair for pair in exact if 1 <= pair[0] <= 4]) > 10  # the control: exact cubes give many
    assert len([pair for pair in exact if 1 <= pair[0] - pair[1] <= 4]) > 10


@pytest.mark.parametrize("share", [0, 0.02])
def test_a_fine_cube_gives_no_filter_and_no_difference_of_one_to_four_either(share):
    """The cube of the file is coarse; here is one of thousands of cells, with thin ones when a share may stay thin."""
    shape = (6, 7, 8, 4)
    exact = np.random.default_rng(4).poisson(
        np.multiply.outer(np.geomspace(20, 0.1, 42), np.geomspace(3, 0.1, 32)).ravel()
    )
    cells = Cells(shape, exact, exact)
    policy = dataclasses.replace(read_lattice().policy, thin_share=share)
    thin = thin_classes(cells.margins(), policy) if share else np.zeros(exact.size, dtype=bool)
    numbers = publishable(cells, thin, policy, b"k" * 32)
    places = list(zip(*np.unravel_index(np.arange(exact.size), shape), strict=True))
    sums, truth = list(filtered(places, numbers, TRIES, 2)), list(filtered(places, exact, 2000, 2))
    assert not [pair for pair in sums if 1 <= pair[0] <= 4 or 1 <= pair[0] - pair[1] <= 4]
    assert len([pair for pair in truth if 1 <= pair[0] <= 4 or 1 <= pair[0] - pair[1] <= 4]) > 10


def test_the_published_persons_are_themselves_a_truth_that_gives_the_same_release():
    """So an attacker must always allow for 0, or for 5 and more, in any cell, filter or difference."""
    policy = dataclasses.replace(read_lattice().policy, false_positive=0.0)
    exact = np.random.default_rng(5).poisson(np.geomspace(12, 0.2, 1000))
    for thin in (np.zeros(1000, dtype=bool), np.arange(1000) > 600):
        y = rounded_persons(Cells((50, 20), exact, exact), thin, policy, b"k" * 32)
        assert (y != exact).sum() > 500
        assert (rounded_persons(Cells((50, 20), y, y), thin, policy, b"k" * 32) == y).all()


def test_levels_do_not_tell_the_small_countries_apart_from_the_empty_ones(released):
    _, rows = query(released.release_path, "SELECT country, max(level) FROM levels WHERE country = 'FR' GROUP BY 1")
    assert rows == [("FR", 3)]
    assert query(released.release_path, "SELECT * FROM contacts WHERE country = 'FR'")[1] == []


def test_a_plain_question_is_answered(released):
    columns, rows = query(
        released.release_path, "SELECT country, sum(contacts) AS n FROM contacts GROUP BY 1 ORDER BY 1"
    )
    assert columns == ["country", "n"]
    assert [row[0] for row in rows] == ["AT", "BE", "PT"]


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("name\ncanary-4711\n")
    return path


ESCAPES = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM sniff_csv('{file}')",
    "ATTACH '{folder}/other.duckdb'",
    "ATTACH '{folder}/other.duckdb' AS o; CREATE TABLE o.t AS SELECT 1",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "EXPORT DATABASE '{folder}/export'",
    "SET threads = 1",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "CREATE TABLE mine AS SELECT 1",
    "SELECT * FROM variable_of_this_process",
]
HOPELESS = [
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT getenv('HOME')",
    "DELETE FROM contacts",
    "DROP TABLE contacts",
]
"""Refused as well, but with no control: no connection can, or a network or a release is needed."""


@pytest.mark.parametrize("escape", ESCAPES + HOPELESS)
def test_no_statement_gets_out_of_the_release_file(released, secret_file, escape):
    variable_of_this_process = {"name": np.array(["canary-4711"])}
    sql = escape.format(file=secret_file, folder=secret_file.parent)
    before = sorted(secret_file.parent.iterdir())
    with pytest.raises(Reject) as caught:
        query(released.release_path, sql)
    assert "canary-4711" not in str(caught.value)
    assert sorted(secret_file.parent.iterdir()) == before
    assert variable_of_this_process


@pytest.mark.parametrize("escape", ESCAPES)
def test_the_same_statement_works_where_nothing_is_locked(secret_file, escape):
    variable_of_this_process = {"name": np.array(["canary-4711"])}
    with duckdb.connect(str(secret_file.parent / "open.duckdb")) as connection:
        connection.execute(escape.format(file=secret_file, folder=secret_file.parent))
    assert variable_of_this_process


def test_an_error_names_itself_and_quotes_no_data(released):
    with pytest.raises(Reject) as caught:
        query(released.release_path, "SELECT (region || '-canary')::INTEGER FROM contacts")
    assert "canary" not in str(caught.value)
    assert "ConversionException" in str(caught.value)


def test_a_release_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(Stop, match="no release"):
        connect(tmp_path / "release.duckdb")
