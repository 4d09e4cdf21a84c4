"""The first delivery of an installation may state nothing; the next one finds an installation that works."""

import pytest

from hub.cli.installation import installation
from hub.errors import Stop
from hub.vault.keys import RECORDS
from tests.pipe import Pipe, row


def test_a_file_without_rows_comes_first_and_the_next_one_is_taken(pipe: Pipe) -> None:
    assert pipe.take([], complete=True)["received"] == 0
    with installation(pipe.hub.settings) as again:
        assert Pipe(again, pipe.folder).take([row(1)], complete=True)["accepted"] == 1


def test_a_key_of_records_that_is_lost_is_a_stop_and_never_a_new_key(pipe: Pipe) -> None:
    pipe.take([row(1)], complete=True)
    key = pipe.hub.settings.keys_dir / RECORDS
    kept = key.read_bytes()
    key.unlink()
    with installation(pipe.hub.settings) as again, pytest.raises(Stop, match="records is missing"):
        Pipe(again, pipe.folder).take([row(2)])
    key.write_bytes(kept)
    key.chmod(0o600)
