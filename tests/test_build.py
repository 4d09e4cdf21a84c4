"""What stands around the package and must hold too: Makefile, lock, licence, CI; and no file names a machine."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import pytest_xdist_auto_num_workers

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LOCK = (ROOT / "deploy" / "requirements.txt").read_text("utf-8")


def make(*words: str) -> str:
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_lists_every_target():
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    listed = re.findall(r"^  make (\w+)", make(), re.MULTILINE)
    assert sorted(listed) == sorted(phony[1].split())


def test_serve_0_stops_the_demo_after_the_release():
    assert "hub demo --no-serve" in make("-n", "demo", "SERVE=0")
    assert "--no-serve" not in make("-n", "demo")


def test_the_lock_has_a_hash_for_every_package_and_names_no_host():
    packages = [block for block in re.split(r"\n(?=\S)", LOCK) if block.strip()]
    assert len(packages) > 50
    assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    names = {re.split(r"[^\w.-]", one)[0].lower().replace(".", "-") for one in asked} - {project["name"]}
    locked = {re.split(r"[^\w.-]", line)[0].lower() for line in LOCK.splitlines() if line[:1].isalnum()}
    assert names - locked == set(), "renew the lock: deploy/README.md"


def test_the_licence_is_the_whole_eupl():
    text = (ROOT / "LICENSE").read_text("utf-8")
    titles = re.findall(r"^(\d+)\.[A-Z]", text, re.MULTILINE)
    assert titles == [str(number) for number in range(1, 16)]
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    assert text.rstrip().endswith("additions to this Appendix require the production of a new EUPL version.")


def test_ci_runs_every_test_and_the_main_job():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for step in ("set -euo pipefail", "HUB_REQUIRE=all", "make test", "make demo SERVE=0"):
        assert step in script


@pytest.mark.parametrize(
    ("require", "workers", "closing"),
    [("all", "2", "1 failed, 1 passed, 1 skipped, 2 errors"), ("", "0", "1 passed, 4 skipped")],
    ids=["all, in two workers as CI runs them", "where possible"],
)
def test_a_test_that_skips_itself_has_failed_where_all_are_required(
    require: str, workers: str, closing: str, tmp_path: Path
):
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_quiet.py").write_text(
        "import pytest\n"
        "@pytest.fixture\ndef browser(): pytest.skip('no browser')\n"
        "def test_in_a_fixture(browser): pass\n"
        "def test_in_the_body(): pytest.skip('no mood')\n"
        "@pytest.mark.skipif(True, reason='never')\ndef test_by_a_mark(): pass\n"
        "def test_of_an_input(inputs): pass\n"
        "def test_that_runs(): pass\n",
        "utf-8",
    )
    absent = {"HUB_REQUIRE": require, "HUB_INPUTS": str(tmp_path / "nowhere")}
    words = [sys.executable, "-m", "pytest", "-q", "-rs", "-n", workers, "-p", "no:cacheprovider", "--rootdir=.", "."]
    run = subprocess.run(words, cwd=tmp_path, env={**os.environ, **absent}, capture_output=True, text=True)
    assert re.search(f"^{closing}", run.stdout, re.MULTILINE), "the line that .ci/run looks for"
    assert run.returncode == (1 if require else 0)
    assert ("HUB_REQUIRE=all, and test_quiet.py::test_by_a_mark did not run" in run.stdout) is bool(require)


@pytest.mark.parametrize(("cores", "workers"), [({0}, 0), ({0, 1}, 2), ({1, 3, 5}, 3)])
def test_each_core_of_ours_has_a_worker_and_one_alone_has_none(
    cores: set[int], workers: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: cores, raising=False)
    assert pytest_xdist_auto_num_workers() == workers


def test_the_repository_names_no_machine():
    places = r"(?<![\w.])/(work|home|root|Users|tmp|opt)/\w"
    hosts = r"\b(pypi\.org|files\.pythonhosted|localhost:\d{4,}|\d+\.\d+\.\d+\.\d+:\d+)\b"
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    wrong = []
    for name in listed.stdout.splitlines():
        if name == "tests/asyncapi/3.0.0.json":  # the AsyncAPI Initiative's own, with examples of servers
            continue
        if not name.endswith((".py", ".md", ".toml", ".yaml", ".yml", ".sql", ".json", ".txt", "Makefile", "/run")):
            continue
        text = (ROOT / name).read_text("utf-8") if (ROOT / name).is_file() else ""
        wrong += [f"{name}: {found[0]}" for found in re.finditer(f"{places}|{hosts}", text)]
    assert wrong == []
