"""What all tests share: a state folder of their own, the real input files, and a rule about skipping."""

import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hub.cli.parsed import FOLDER
from tests.pipe import Pipe, open_pipe
from tests.typed import Call, typed

ROOT = Path(__file__).resolve().parent.parent
INPUTS = Path(os.environ.get("HUB_INPUTS") or ROOT.parent / "shared" / "inputs")
# A busy machine is slow, not wrong: how long an example takes says nothing about the code.
settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hub")
NO_INPUTS = "the real inputs are not here: set HUB_INPUTS to their folder"


@pytest.fixture
def hub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HUB_HOME, for this test only, whose receiver answers at once."""
    home = tmp_path / "hub home"
    monkeypatch.setenv("HUB_HOME", str(home))
    monkeypatch.setenv("HUB_ANSWER_EVERY", "0")
    return home


@pytest.fixture(scope="session")
def inputs() -> Path:
    """The folder of real input files: $HUB_INPUTS, or ../shared/inputs. Skips where there is none."""
    if not INPUTS.is_dir():
        pytest.skip(NO_INPUTS)
    return INPUTS


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Streamlit's AppTest puts its page in the place of `__main__`, which every spawned process would then run."""
    ours = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = ours


@pytest.fixture(autouse=True)
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is typed in this process leaves its hooks to pytest."""
    monkeypatch.setattr("hub.cli.guard", lambda: None)


def pytest_configure() -> None:
    """What dbt parses once is parsed for all workers, and for every command that a test starts."""
    os.environ.setdefault(FOLDER, str(ROOT / "build" / "parsed"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """A worker for each core that is ours (`pytest -n auto`). On one core there is none: it would only cost."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if cores > 1 else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Under HUB_REQUIRE=all a skipped test is a failed one."""
    report = yield
    return _must_run(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """The same for a whole file that skips itself."""
    report = yield
    return _must_run(report)


def _must_run(report):
    """A skip becomes a failure, except that of a test whose real input is not on this machine."""
    if os.environ.get("HUB_REQUIRE") != "all" or report.outcome != "skipped":
        return report
    why = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if INPUTS.is_dir() or "inputs" not in why:
        report.outcome = "failed"
        report.longrepr = f"HUB_REQUIRE=all, and {report.nodeid} did not run: {why}"
    return report


@pytest.fixture
def pipe(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pipe]:
    """An empty installation, edge to warehouse feed, for this test only. In the end the hostile partner comes by."""
    with open_pipe(tmp_path) as opened:
        yield opened
        if not opened.broken:
            opened.hostile(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run `hub` with words, in this process."""
    return lambda *words: typed(monkeypatch, capsys, *words)
