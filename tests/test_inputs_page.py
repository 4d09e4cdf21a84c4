"""docs/inputs.md says what the command finds, and leaves out no file."""

from pathlib import Path

import pytest

from tests.inputs import lists
from tests.inputs.fits import FITS, Fit, lines
from tests.inputs.page import OTHERWISE, folder_rows, malformed_rows, page, pipe_row, table_row
from tests.inputs.tables import tables
from tests.pipe import ROOT

TEXT = (ROOT / "docs" / "inputs.md").read_text("utf-8")
QUICK = [fit for fit in FITS if not fit.patterns[0].startswith(("fhir_r4_", "gbv_"))]
"""Some of the fits: the others take `make inputs` half a minute."""


@pytest.mark.parametrize("fit", QUICK, ids=lambda fit: fit.patterns[0])
def test_what_goes_through_the_pipe_gives_what_the_page_says(fit: Fit, inputs: Path) -> None:
    found = lines(inputs, (fit,))
    assert found
    for line in found:
        assert pipe_row(line) in TEXT.splitlines()


def test_malformed_files_give_what_the_page_says(inputs: Path) -> None:
    found = list(malformed_rows(inputs))
    assert len(found) == 25
    assert {*found} <= {*TEXT.splitlines()}


def test_tables_give_what_the_page_says_and_their_oracle(inputs: Path) -> None:
    found = list(tables(inputs))
    assert {*map(table_row, found)} <= {*TEXT.splitlines()}
    assert {each.same for each in found} == {None, True}


def test_every_code_has_its_line(inputs: Path) -> None:
    found = lists.coded(inputs)
    assert sum(each.codes for each in found) == 619
    for each in found:
        assert f"| {each.codes} | {each.lists} | {each.what} |" in TEXT
    assert "NOT KNOWN" not in TEXT


def test_every_folder_is_listed_and_every_file_of_it_is_read_or_there_is_a_reason(inputs: Path) -> None:
    found = list(folder_rows(inputs))
    assert {*found} <= {*TEXT.splitlines()}
    assert len(found) == len([each for each in inputs.iterdir() if each.is_dir()])
    for name in OTHERWISE:
        assert any(f"| `{name}` |" in each for each in found), "a reason for a folder that is not there"


def test_the_page_is_made_by_the_command_and_names_every_fit() -> None:
    """Without the files too: what an adapter was added for stands in the page, or the command was not run."""
    assert TEXT.startswith(page(ROOT / "nowhere").partition("|---|")[0])
    for fit in FITS:
        assert f"`{Path(fit.adapter).stem}`" in TEXT
        assert fit.alone or all(f"`{pattern}`" in TEXT for pattern in fit.patterns)
