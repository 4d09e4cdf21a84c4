"""A watched folder: whoever kills the watcher, whatever its files do, nothing is lost and no file is two deliveries."""

import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import hub.cli.shipping
import hub.cli.watching
from hub.cli.outbox import Outbox
from hub.cli.tasks import make_task
from hub.cli.watching import watch
from hub.errors import Stop
from hub.log.receive import receive
from hub.transport import files
from tests.campaigns.forked import Ended, forked
from tests.pipe import Row, open_pipe, quiet, row, write_mapping, write_table

ROWS = [row(n) for n in range(6)]


class Carrier(NamedTuple):
    """Who carries what waits to the hub and its receipts back, as a broker would; `hub` is in this process."""

    outbox: Outbox
    hub: Any
    echo: Callable[[str], None]

    def go(self) -> dict[str, int]:
        counts = {"sent": 0, "received": 0}
        for path in list(self.outbox.pending("waiting")):
            self.outbox.move(path.stem, "waiting", "sent")
            counts["sent"] += 1
        for path in list(self.outbox.pending("sent")):
            with files.opened(path) as delivery:
                proven = receive(self.hub.receiver, delivery, echo=quiet)
            self.outbox.received(path.stem, hub.cli.watching.pack(proven))
            counts["received"] += 1
        return counts


class Watched(NamedTuple):
    """A folder of exports, and an edge and a hub that each look opens anew."""

    home: Path
    folder: Path
    told: list[str]

    def put(self, name: str, rows: list[Row]) -> Path:
        """A file that has lain there for a while."""
        path = write_table(self.folder / name, rows)
        os.utime(path, (1, 1))
        return path

    def look(self) -> dict[str, Any]:
        """One look, to its end."""
        with open_pipe(self.home) as pipe:
            mapping = str(write_mapping(self.home))

            def task_of(path: Path) -> Any:
                return make_task(pipe.hub, path, mapping, None, complete=False, confirmed=False, periods=())

            way: Any = Carrier(self.outbox, pipe.hub, self.told.append)
            return watch(way, self.folder, task_of, every=0.2, stopping=lambda: True)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.home / "outbox")

    def names(self, part: str, pattern: str = "*.csv") -> list[str]:
        return sorted(path.name for path in (self.folder / part).glob(pattern))

    def events(self) -> int:
        with open_pipe(self.home) as pipe:
            return pipe.hub.store.position()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    for name in ("home", "exports"):
        (tmp_path / name).mkdir()
    return Watched(tmp_path / "home", tmp_path / "exports", [])


STEPS: dict[str, tuple[Any, str, bool, int]] = {
    "taken, not read": (hub.cli.watching, "_seal_all", False, 1),
    "its name is noted, nothing sealed": (Outbox, "named", True, 1),
    "sealed as a draft": (files, "_write", True, 1),
    "sealed": (files, "send", True, 1),
    "told to be sent": (Outbox, "move", False, 1),
    "sent": (Outbox, "move", True, 1),
    "received by the hub, not answered": (Outbox, "received", False, 1),
    "answered, not archived": (Outbox, "received", True, 1),
    "about to be archived": (hub.cli.watching, "_ended", False, 1),
    "receipt archived, not the file": (hub.cli.watching, "_move", False, 2),
    "archived": (hub.cli.watching, "_move", True, 2),
}
"""What has happened when the watcher is killed: before or `after` the n-th call of a function."""


def killed_at(watched: Watched, owner: Any, name: str, after: bool, nth: int) -> Ended:
    """A look in a process that dies there by kill -9."""

    def die() -> None:
        inner, calls = getattr(owner, name), iter(range(1, 1000))

        def deadly(*given: Any, **named: Any) -> Any:
            now = next(calls) == nth
            if now and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = inner(*given, **named)
            if now:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, name, deadly)
        watched.look()

    return forked(die)


@pytest.mark.parametrize("step", STEPS)
def test_a_watcher_that_is_killed_loses_nothing_and_makes_no_second_delivery(watched: Watched, step: str) -> None:
    watched.put("a.csv", ROWS)
    assert killed_at(watched, *STEPS[step]).killed
    watched.look()
    watched.look()
    assert [entry.state for entry in watched.outbox.entries()] == ["received"]
    assert (watched.names("archive"), watched.names("sealed"), watched.names("")) == (["a.csv"], [], [])
    assert watched.names("archive", "*.json") == ["a.csv.receipt.json"]
    events = watched.events()
    assert events > 0
    watched.put("again.csv", ROWS)
    watched.look()
    assert watched.events() == events, "all of it was there"


def test_a_name_that_comes_again_is_a_delivery_of_its_own_and_old_content_takes_a_correction_back(
    watched: Watched,
) -> None:
    changed = [row(0, age="77"), *ROWS[1:]]
    for rows in (ROWS, changed, ROWS):
        watched.put("a.csv", rows)
        assert watched.look()["sealed"] == 1
    assert watched.names("archive") == ["a-2.csv", "a-3.csv", "a.csv"]
    assert len(watched.names("archive", "*.receipt.json")) == 3
    with open_pipe(watched.home) as pipe:
        ages = [age for (age,) in pipe.current(columns="age_band")]
    with open_pipe(watched.home / "control") as control:
        control.take(ROWS)
        assert [age for (age,) in control.current(columns="age_band")] == ages


def test_an_emptied_archive_does_not_make_an_old_name_known(watched: Watched) -> None:
    for _ in range(2):
        watched.put("a.csv", ROWS)
        assert watched.look()["sealed"] == 1
        for path in (watched.folder / "archive").iterdir():
            path.unlink()
    assert len(watched.outbox.entries()) == 2


def test_a_file_that_grows_while_it_is_read_is_sealed_whole_at_the_next_look(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put("a.csv", ROWS[:3])
    inner = hub.cli.shipping.delivered

    def growing(task: Any, echo: Any) -> Any:
        write_table(task.path, ROWS)
        monkeypatch.setattr(hub.cli.shipping, "delivered", inner)
        return inner(task, echo)

    monkeypatch.setattr(hub.cli.shipping, "delivered", growing)
    assert watched.look()["sealed"] == 0
    assert any("changed while it was read" in line for line in watched.told)
    assert watched.outbox.entries() == []
    assert watched.look()["sealed"] == 1
    (entry,) = watched.outbox.entries()
    assert entry.receipt is not None
    assert entry.receipt.receipt.received == len(ROWS)
    assert watched.names("archive") == ["a.csv"]


@pytest.mark.parametrize("moment", ["before it is taken", "before it is sealed"])
def test_a_file_that_vanishes_is_its_owners_own_affair(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    watched.put("a.csv", ROWS)
    watched.put("b.csv", [row(50)])
    name = {"before it is taken": "_move", "before it is sealed": "seal"}[moment]
    inner = getattr(hub.cli.watching, name)

    def vanishing(*given: Any) -> Any:
        for path in watched.folder.rglob("a.csv"):
            path.unlink()
        return inner(*given)

    monkeypatch.setattr(hub.cli.watching, name, vanishing)
    assert watched.look()["refused"] == 0
    assert (watched.names("archive"), watched.names("refused")) == (["b.csv"], [])


def test_what_is_no_file_of_the_adapter_lies_refused_with_the_reason_and_is_not_quoted(watched: Watched) -> None:
    path = watched.folder / "broken.csv"
    path.write_text("nothing;of;ours\nSECRET;2;3\n", "utf-8")
    os.utime(path, (1, 1))
    (watched.folder / "empty.csv").touch()
    os.utime(watched.folder / "empty.csv", (1, 1))
    watched.put("good.csv", ROWS)
    assert watched.look()["refused"] == 2
    assert (watched.names("refused"), watched.names("archive")) == (["broken.csv", "empty.csv"], ["good.csv"])
    assert "SECRET" not in (watched.folder / "refused" / "broken.csv.rule.txt").read_text("utf-8")


def test_two_watchers_are_one_and_a_stop(watched: Watched) -> None:
    watched.put("a.csv", ROWS)
    with (watched.folder / ".watched").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Stop, match="another process watches"):
            watched.look()
    assert watched.names("") == ["a.csv"]
    assert watched.look()["sealed"] == 1


def test_a_folder_that_cannot_be_written_leaves_the_file_where_it_is(watched: Watched) -> None:
    path = watched.put("a.csv", ROWS)
    (watched.folder / "sealed").write_text("no folder", "utf-8")
    with pytest.raises(FileExistsError):
        watched.look()
    assert path.exists()
    (watched.folder / "sealed").unlink()
    assert watched.look()["sealed"] == 1
