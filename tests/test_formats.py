"""docs/formats.md: its commands do what it says, from the rows that leave to the same file again."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.typed import Call

PAGE = (ROOT / "docs" / "formats.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ hub (.+)$", PAGE, re.MULTILINE)]


def test_every_command_of_the_page_runs_and_again_it_says_nothing_new(
    call: Call, hub_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    counts = {}
    for command in COMMANDS:
        code, out, err = call(*command, "--json")
        assert code == 0, err
        if command[0] == "ingest":
            said = json.loads(out)
            counts[command[1]] = [said[name] for name in ("received", "accepted", "unchanged", "quarantined")]
    assert counts == {
        "examples/formats/gbvims.csv": [4, 3, 0, 1],
        "examples/formats/primero.json": [4, 3, 0, 1],
        "examples/formats/hsds.json": [8, 7, 0, 1],
        "examples/programmes/invictus/fi.yaml": [1, 1, 0, 0],
        "examples/programmes/invictus/fi.csv": [1, 0, 1, 0],
    }
    for command in COMMANDS:
        if command[0] == "ingest":
            assert json.loads(call(*command, "--json")[1])["events"] == 0
