"""Documentation is held against the code: what exists is described, what is described exists, what is shown runs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hub.cli import app
from hub.events import EVENTS
from tests.campaigns.command import Said
from tests.clean_forks import typed

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "deploy" / "README.md", *sorted(DOCS.glob("*.md"))]
PATIENCE = 300.0
"""Seconds for a command, on a machine that is busy."""
STORY = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(command: Any, name: str = "hub") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name."""
    parts = getattr(command, "commands", None)
    if parts is None:
        yield name, command
    for word, part in (parts or {}).items():
        yield from commands(part, f"{name} {word}")


COMMANDS = dict(commands(typer.main.get_command(app)))


def section(page: str, name: str) -> str:
    """What stands under the heading of one command."""
    found = re.search(rf"^## `{re.escape(name)}\b[^\n]*\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options_and_an_example(name: str):
    text = section((DOCS / "commands.md").read_text("utf-8"), name)
    assert re.search(rf"^\$ {re.escape(name)}\b", text, re.MULTILINE), f"docs/commands.md: {name} has no example"
    options = [
        word for each in COMMANDS[name].params for word in (*each.opts, *each.secondary_opts) if word[:2] == "--"
    ]
    assert [each for each in options if each not in text and each != "--json"] == []


def test_every_documented_command_exists():
    page = (DOCS / "commands.md").read_text("utf-8")
    headings = re.findall(r"^## `(hub [a-z ]*[a-z])", page, re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS)


def test_every_command_answers_in_json():
    without = [name for name, command in COMMANDS.items() if not any("--json" in each.opts for each in command.params)]
    assert without == []


def test_every_adapter_is_documented():
    mappings = [*(ROOT / "hub/adapters/partners").glob("*.yaml"), *(ROOT / "examples/adapters").glob("*.yaml")]
    names = [path.stem for path in mappings] + [entry.name for entry in entry_points(group="hub.adapters")]
    page = (DOCS / "adapters.md").read_text("utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_event_is_documented():
    page = (DOCS / "events.md").read_text("utf-8")
    assert [event.name for event in EVENTS.values() if f"### `{event.name}`" not in page] == []


def tree() -> dict[str, str]:
    """The picture in docs/architecture.md: each room, and what is said of it."""
    drawn = re.search(r"^```tree\n(.*?)^```", (DOCS / "architecture.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert drawn is not None
    rooms: dict[str, str] = {}
    for line in drawn[1].splitlines():
        head = re.match(r"(\S+/|\S+\.\w+|\w+file)\s+", line)
        room = head[1] if head else room  # noqa: F821  a line that is set in goes on with the room above
        rooms[room] = rooms.get(room, "") + " " + (line[head.end() :] if head else line)
    return rooms


def test_every_room_and_file_is_in_the_picture():
    rooms, missing = tree(), []
    for package in ("hub", "dashboards", "examples", "benchmarks"):
        for path in sorted((ROOT / package).rglob("*.py")):
            room = f"{path.parent.relative_to(ROOT).as_posix()}/"
            if path.name not in ("__init__.py", "__main__.py") and not named(path.stem, rooms.get(room, "")):
                missing.append(path.relative_to(ROOT).as_posix())
    assert missing == []


def test_every_room_in_the_picture_exists():
    assert [room for room in tree() if not (ROOT / room).exists()] == []


def test_every_file_in_the_picture_exists():
    gone = []
    for room, text in tree().items():
        files = {path.stem for path in (ROOT / room).glob("*")} if room.endswith("/") else set()
        gone += [f"{room}{name}" for name in re.findall(r"`(\w+)`", text) if name not in files | {"hub"}]
    assert gone == []


def named(stem: str, text: str) -> bool:
    return f"`{stem}`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if target.startswith("https://"):
            continue
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    text = page.read_text("utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


def test_the_readme_begins_with_what_it_is_a_picture_and_two_commands():
    screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:40])
    targets = re.findall(r"^make (\w+)", screen, re.MULTILINE)
    assert targets == ["demo", "test"]
    assert "](docs/overview.png)" in screen
    for target in targets:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_make_target_in_the_docs_exists():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) - targets == set()


def steps(text: str) -> list[str]:
    """The commands of a page's console blocks that are ours, in order. A line that ends in `\\` goes on in the next."""
    lines = [line for block in STORY.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return [line[2:] for line in lines if re.match(r"\$ (hub |python -m examples)", line)]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if steps(page.read_text("utf-8"))], ids=lambda page: page.name)
def test_what_is_shown_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A page is one story: its commands are run one after the other, in a folder of their own."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for step in steps(page.read_text("utf-8")):
        done = in_a_fork(step, tmp_path) if step.startswith("hub ") else in_a_shell(step, tmp_path)
        assert done.code == 0, f"{step}\n{done.out}\n{done.err}"


def in_a_shell(step: str, folder: Path) -> Said:
    run = subprocess.run(["sh", "-c", step], cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
    return Said(run.returncode, run.stdout, run.stderr)


def in_a_fork(step: str, folder: Path) -> Said:
    """The same, without the start of an interpreter for each command: a shell makes words of the line, and no more."""
    line, _, to = step.partition(" > ")
    words = in_a_shell(f"printf '%s\\0' {line}", folder)
    if words.code:
        return words
    done = typed(words.out.split("\0")[1:-1], folder, os.environ, PATIENCE)
    if to:
        (folder / to).write_text(done.out, "utf-8")
    return done
