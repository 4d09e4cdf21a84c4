"""What the first file of an installation is must not matter to the second."""

from pathlib import Path

import pytest

from hub.errors import Stop
from tests.pipe import open_pipe, row
from tests.postgres import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
def test_after_a_first_file_of_which_every_row_was_refused_the_next_goes_in(engine: str, tmp_path: Path) -> None:
    with open_pipe(tmp_path, engine) as pipe:
        assert pipe.take([row(1, age="x")])["quarantined"] == 1
        assert pipe.take([row(1)])["accepted"] == 1
        # The control: once a record is known by the key, a lost one is a stop.
        (tmp_path / "home" / "keys" / "vault" / "records").unlink()
        with pytest.raises(Stop, match="records is missing"):
            pipe.take([row(2)])
