"""What runs a partner's edge, as a unit and as an image, says what `hub push` takes and the project has."""

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer.main

from hub.cli import app

ROOT = Path(__file__).resolve().parent.parent
UNIT, IMAGE = ROOT / "deploy" / "hub-edge.service", ROOT / "deploy" / "edge.Containerfile"


def unit() -> configparser.SectionProxy:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(UNIT, "utf-8")
    return read["Service"]


def instructions() -> dict[str, str]:
    text = IMAGE.read_text("utf-8").replace("\\\n", " ")
    return dict(line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))


def started() -> dict[str, list[str]]:
    """The words with which each of the two starts the edge, after the program's name."""
    image = shlex.split(instructions()["CMD"])
    assert image[:2] == ["exec", "hub"]
    program, *words = shlex.split(unit()["ExecStart"])
    assert Path(program).name == "hub"
    return {"unit": words, "image": image[2:]}


@pytest.mark.parametrize("which", ["unit", "image"])
def test_it_starts_a_command_that_is_there_with_options_that_it_takes(which: str) -> None:
    name, *words = started()[which]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    context = command.make_context(name, words)
    assert context.params["watch"] == Path("/srv/exports")
    assert context.params["every"] == 60
    assert (context.params["adapter"], context.params["to"]) in {
        ("${HUB_ADAPTER}", "${HUB_BROKER}"), ("$HUB_ADAPTER", "$HUB_BROKER")
    }  # fmt: skip


def test_both_run_the_same() -> None:
    said = {which: [word.replace("{", "").replace("}", "") for word in words] for which, words in started().items()}
    assert said["unit"] == said["image"]


def test_the_image_installs_an_extra_that_the_project_has_from_files_that_are_there() -> None:
    text = IMAGE.read_text("utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    (extra,) = re.findall(r'install --no-cache-dir "\.\[(\w+)\]"', text)
    assert extra in extras
    copied = [word for line in re.findall(r"^COPY (.+)$", text, re.M) for word in line.split()[:-1]]
    assert {"pyproject.toml", "hub"} <= set(copied)
    assert all((ROOT / each).exists() for each in copied)


def test_neither_runs_as_root_nor_goes_on_before_a_closed_door() -> None:
    service = unit()
    assert service["User"] == instructions()["USER"] == "hub-edge"
    assert (service["UMask"], service["StateDirectoryMode"], service["LimitCORE"]) == ("0077", "0700", "0")
    assert {"2", "3", "5"} <= {*service["RestartPreventExitStatus"].split()}


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    path = tmp_path / UNIT.name
    path.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text("utf-8")), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if UNIT.name in line]) == (0, [])
