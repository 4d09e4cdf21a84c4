"""What a partner installs is small: an adapter's author needs none of the packages that only the hub brings."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from examples.shelter import FINISHED, write
from tests.test_layers import ROOT

SMALL = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
sys.argv[0] = "hub"
from hub.cli import main
main()
"""
MODULES = {"dbt-core": "dbt", "dbt-duckdb": "dbt", "kafka-python": "kafka"}
"""Packages whose module has another name."""


def absent() -> set[str]:
    """The modules of the extras that bring what only the hub, FHIR and Kafka need."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names = [re.split(r"[^\w.-]", each)[0] for extra in ("hub", "fhir", "kafka") for each in extras[extra]]
    return {MODULES.get(name, name.partition(".")[0]) for name in names} - {"numpy"}


def hub(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command where only the small installation is."""
    code = SMALL.replace("{absent}", repr(absent()))
    run = [sys.executable, "-c", code, *words]
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    environment = {"PYTHONPATH": paths, "HUB_HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=200, env=environment)


def test_a_partners_edge_seals_without_the_hub(tmp_path: Path) -> None:
    write(tmp_path / "casa.csv")
    (tmp_path / "casa.yaml").write_text(FINISHED.read_text("utf-8"), "utf-8")
    whole = {**os.environ, "HUB_HOME": str(tmp_path / "hub"), "HUB_ANSWER_EVERY": "0"}
    typed = [sys.executable, "-c", "from hub.cli import main; main()"]
    (tmp_path / "home").mkdir()
    asked = ("keys", "public", "--to", str(tmp_path / "home" / "hub.public"))
    subprocess.run([*typed, *asked], env=whole, check=True, capture_output=True)
    inbox = tmp_path / "hub" / "deliveries" / "inbox"
    done = hub(tmp_path, "push", "casa.csv", "--adapter", "casa.yaml", "--to", str(inbox))
    assert done.returncode == 0, done.stderr
    received = subprocess.run([*typed, "receive", "--json"], env=whole, check=True, capture_output=True)
    assert json.loads(received.stdout)["deliveries"] == 1
    assert json.loads(received.stdout)["accepted"] > 0
    done = hub(tmp_path, "push", "casa.csv", "--adapter", "casa.yaml", "--to", "kafka://localhost:9")
    assert done.returncode == 5
    assert "victim-support-hub[edge]" in done.stderr


def test_a_partner_drafts_looks_tries_and_certifies_without_the_hub(tmp_path: Path) -> None:
    assert {"sqlalchemy", "duckdb", "eventsourcing"} <= absent()
    write(tmp_path / "casa.csv")
    (tmp_path / "casa.yaml").write_text(FINISHED.read_text("utf-8"), "utf-8")
    for words in (
        ("new", "--sample", "casa.csv", "--partner", "pt-casa"),
        ("list",),
        ("preview", "casa.csv", "--adapter", "casa.yaml"),
        ("report", "casa.csv", "--adapter", "casa.yaml"),
        ("check", "casa.yaml", "casa.csv", "--to", "certificate.txt", "--json"),
    ):
        done = hub(tmp_path, "adapters", *words)
        assert done.returncode == 0, f"{words[0]}: {done.stderr}"
    assert (tmp_path / "certificate.txt").exists()


@pytest.mark.parametrize("words", [("status",), ("deliveries",)])
def test_the_hubs_own_commands_need_the_rest(words: tuple[str, ...], tmp_path: Path) -> None:
    assert hub(tmp_path, *words).returncode != 0, "the modules are really out of reach"
