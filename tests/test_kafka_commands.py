"""`hub push` and `hub receive` as they are typed: a partner's home holds nothing of the hub's but public keys."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hub.transport import topics
from hub.transport.kafka import make_topics
from tests.broker import cluster
from tests.pipe import MAPPING, row, write_table

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning"
)
ROWS = [row(n) for n in range(30)]


class Two(NamedTuple):
    """Two homes, and what lies between them."""

    folder: Path
    url: str
    partner: str

    def run(self, home: str, *words: str, code: int = 0) -> dict[str, Any]:
        """Type a command in a home; its JSON answer."""
        done = subprocess.run(
            self._typed(*words, "--json"), env=self._environment(home), capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if done.stdout else {"said": done.stderr}

    def start(self, home: str, *words: str) -> "subprocess.Popen[str]":
        """Type a command that goes on."""
        return subprocess.Popen(
            self._typed(*words, "--json"), env=self._environment(home), stdout=subprocess.PIPE, text=True
        )

    def _typed(self, *words: str) -> list[str]:
        return [sys.executable, "-c", "from hub.cli import main; main()", *words]

    def _environment(self, home: str) -> dict[str, str]:
        given = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {**given, "HUB_HOME": str(self.folder / home), "HUB_ANSWER_EVERY": "0"}


@pytest.fixture
def two(tmp_path: Path) -> Two:
    brokers, partner = cluster(), f"pt-{secrets.token_hex(5)}"
    make_topics(brokers, [topics.deliveries(partner), topics.receipts(partner), topics.DEAD_LETTERS], copies=1)
    made = Two(tmp_path, f"kafka://{','.join(brokers.servers)}", partner)
    (tmp_path / "edge").mkdir()
    made.run("hub", "keys", "public", "--to", str(tmp_path / "edge" / "hub.public"))
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("pt-test", partner), "utf-8")
    return made


def test_a_file_is_pushed_received_and_proven(two: Two, tmp_path: Path) -> None:
    path = write_table(tmp_path / "export.csv", ROWS)
    push = ("push", "--to", two.url)
    sent = two.run("edge", *push, str(path), "--adapter", str(tmp_path / "mapping.yaml"))
    assert (sent["sent"], sent["unanswered"]) == (1, 1)
    assert two.run("hub", "receive", "--from", two.url, "--only", two.partner)["deliveries"] == 1
    assert two.run("edge", *push)["received"] == 1
    (told,) = two.run("edge", "push", "--status")["deliveries"]
    assert (told["delivery"], told["state"], told["file"]) == (sent["delivery_id"], "received", "export.csv")
    assert (told["received"], told["accepted"], told["quarantined"]) == (30, 30, 0)
    assert not (tmp_path / "edge" / "log.sqlite").exists(), "an edge has no log"


def test_without_a_broker_a_file_is_sealed_and_kept_and_sent_when_there_is_one(two: Two, tmp_path: Path) -> None:
    path = write_table(tmp_path / "export.csv", ROWS)
    adapter = ("--adapter", str(tmp_path / "mapping.yaml"))
    said = two.run("edge", "push", str(path), *adapter, "--to", "kafka://localhost:9", code=4)["said"]
    assert "Sealed and kept" in said
    assert [each["state"] for each in two.run("edge", "push", "--status")["deliveries"]] == ["waiting"]
    path.unlink()
    assert two.run("edge", "push", "--to", two.url)["sent"] == 1
    assert two.run("hub", "receive", "--from", two.url, "--only", two.partner)["deliveries"] == 1


def test_a_folder_is_watched_and_what_lies_in_it_comes_to_the_archive_with_its_receipt(
    two: Two, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    watching = two.start(
        "edge", "push", "--watch", str(folder), "--adapter", str(tmp_path / "mapping.yaml"), "--to", two.url,
        "--every", "0.5",
    )  # fmt: skip
    receiving = two.start("hub", "receive", "--from", two.url, "--only", two.partner, "--follow")
    try:
        for name, rows in (("a.csv", ROWS[:10]), ("b.csv", ROWS[10:])):
            draft = write_table(folder / f"{name}.part", rows)
            draft.rename(folder / name)
        (folder / "broken.csv").write_text("nothing;of;ours\n1;2;3\n", "utf-8")
        wait_for(lambda: sorted(path.name for path in (folder / "archive").glob("*.csv")) == ["a.csv", "b.csv"])
        wait_for(lambda: (folder / "refused" / "broken.csv.rule.txt").exists())
    finally:
        for process in (watching, receiving):
            process.send_signal(signal.SIGTERM)
    told = json.loads(watching.communicate(timeout=60)[0])
    assert json.loads(receiving.communicate(timeout=60)[0])["deliveries"] == 2
    assert receiving.returncode == watching.returncode == 0
    assert (told["sealed"], told["received"], told["refused"]) == (2, 2, 1)
    receipt = json.loads((folder / "archive" / "a.csv.receipt.json").read_text("utf-8"))["receipt"]
    assert (receipt["received"], receipt["accepted"]) == (10, 10)
    assert "1;2;3" not in (folder / "refused" / "broken.csv.rule.txt").read_text("utf-8")
    assert list((folder / "sealed").iterdir()) == []


def wait_for(there: Any, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)


@pytest.mark.parametrize(
    "words",
    [
        ("push", "--to", "kafka://user:secret@host:9092"),
        ("push", "--to", "kafka://host:9092/topic"),
    ],
)
def test_a_broker_of_another_form_is_refused_without_quoting_it(two: Two, words: tuple[str, ...]) -> None:
    said = two.run("edge", *words, code=5)["said"]
    assert "secret" not in said
    assert "kafka://host:port" in said


def test_a_file_with_a_password_that_others_may_read_is_refused(two: Two, tmp_path: Path) -> None:
    path = tmp_path / "edge" / "kafka.yaml"
    path.write_text("user: pt-apav\npassword: very secret\n", "utf-8")
    path.chmod(0o644)
    said = two.run("edge", "push", "--to", two.url, code=5)["said"]
    assert "chmod 600" in said
    path.chmod(0o600)
    path.write_text("user: pt-apav\npasword: very secret\n", "utf-8")
    said = two.run("edge", "push", "--to", two.url, code=5)["said"]
    assert "unknown field" in said
    assert "very secret" not in said
