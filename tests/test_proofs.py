"""`hub verify`, `hub checkpoint` and `hub cosign`, as an auditor and a partner meet them."""

import json
import os
import random
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.database import open_database
from hub.log.anchor import write_anchor
from hub.log.notes import KEY, Signer, log_signer
from hub.log.store import LogStore
from hub.vault.keys import key_files
from tests.attacks.tampering import append
from tests.typed import Call

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def installed(hub_home: Path) -> Signer:
    """A log of this installation's own key, and its anchor."""
    own = log_signer(key_files(hub_home / "keys"))
    hub_home.mkdir(exist_ok=True)
    with closing(LogStore(open_database(f"sqlite:///{hub_home}/log.sqlite", "log"))) as store:
        for number in (1, 2, 3):
            note = append(store, random.Random(number), number, events=150, by=own)
    write_anchor(hub_home / "checkpoint", note)
    return own


@pytest.fixture
def hub(call: Call) -> Call:
    return call


def change(hub_home: Path, statement: str) -> None:
    with closing(sa.create_engine(f"sqlite:///{hub_home}/log.sqlite", poolclass=sa.NullPool).connect()) as connection:
        connection.exec_driver_sql(statement)
        connection.commit()


def test_hub_verify_ends_well_and_counts(hub, installed: Signer):
    code, out, err = hub("verify", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert (answer["events"], answer["checkpoints"], answer["receipts"], answer["anchors"]) == (450, 3, 3, 1)
    assert answer["findings"] == []
    assert "checked 256 of 450 events" in err
    assert hub("verify", "--key", str(installed.verifier))[0] == 0


def test_hub_verify_lists_what_it_found_and_stops(hub, installed: Signer, hub_home: Path):
    change(hub_home, "UPDATE stored_events SET state = x'00' WHERE rowid = 300")
    code, out, err = hub("verify")
    assert code == 5
    assert "position 300: event-changed: " in err
    assert "found" in out
    code, out, _ = hub("verify", "--json")
    assert code == 5
    assert json.loads(out)["findings"][0]["position"] == 300


def test_hub_verify_sees_an_older_copy(hub, installed: Signer, hub_home: Path, tmp_path: Path):
    kept = tmp_path / "kept.sqlite"
    shutil.copyfile(hub_home / "log.sqlite", kept)
    with closing(LogStore(open_database(f"sqlite:///{hub_home}/log.sqlite", "log"))) as store:
        note = append(store, random.Random(4), 4, events=10, by=installed)
    write_anchor(hub_home / "checkpoint", note)
    assert hub("verify")[0] == 0
    shutil.copyfile(kept, hub_home / "log.sqlite")
    code, _, err = hub("verify")
    assert code == 5
    assert "anchor-ahead" in err
    (hub_home / "checkpoint").unlink()  # the same hands on the folder: only what others hold tells
    code, _, err = hub("verify")
    assert code == 0
    assert "no checkpoint outside of the log" in err
    (tmp_path / "mine.txt").write_text(note, "utf-8")
    assert hub("verify", "--since", str(tmp_path / "mine.txt"))[0] == 5


def test_hub_verify_takes_a_partner_s_receipt_as_witness(hub, installed: Signer, hub_home: Path, tmp_path: Path):
    receipts = receipts_of(hub_home, tmp_path)
    assert hub("verify", "--since", receipts[0], "--since", receipts[1], "--json")[0] == 0
    (tmp_path / "none.json").write_text('{"a": 1}', "utf-8")
    code, _, err = hub("verify", "--since", str(tmp_path / "none.json"))
    assert (code, "holds no checkpoint" in err) == (3, True)


def receipts_of(hub_home: Path, folder: Path) -> list[str]:
    """The receipts of the log, as files."""
    paths = []
    with closing(sa.create_engine(f"sqlite:///{hub_home}/log.sqlite", poolclass=sa.NullPool).connect()) as connection:
        for number, row in enumerate(connection.exec_driver_sql("SELECT receipt FROM deliveries ORDER BY ordinal")):
            paths.append(str(folder / f"receipt-{number}.json"))
            Path(paths[-1]).write_bytes(row[0])
    return paths


def test_a_receipt_is_verified_offline_with_nothing_but_the_key(installed: Signer, hub_home: Path, tmp_path: Path):
    """In a process without the hub's heavy libraries, without a home, without a store."""
    receipt = receipts_of(hub_home, tmp_path)[1]
    (tmp_path / "log.key").write_text(f"{installed.verifier}\n", "utf-8")
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('sqlalchemy', 'psycopg', 'eventsourcing', 'numpy', 'duckdb')));"
        "from hub.cli.proofs import app; app()"
    )
    nowhere = tmp_path / "nowhere"

    def verify(path: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", code, "verify", "--receipt", path, "--key", str(tmp_path / "log.key"), "--json"],
            env={**os.environ, "HUB_HOME": str(nowhere), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )

    good = verify(receipt)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["proven"] is True
    assert json.loads(good.stdout)["accepted"] == 150
    Path(receipt).write_text(Path(receipt).read_text("utf-8").replace('"accepted":150', '"accepted":151'), "utf-8")
    assert verify(receipt).returncode != 0
    assert not nowhere.exists()


def test_hub_verify_receipt_stops_for_a_changed_one(hub, installed: Signer, hub_home: Path, tmp_path: Path):
    path = receipts_of(hub_home, tmp_path)[1]
    assert hub("verify", "--receipt", path)[0] == 2, "without a key there is nothing to check"
    assert hub("verify", "--receipt", path, "--key", str(installed.verifier))[0] == 0
    Path(path).write_text(Path(path).read_text("utf-8").replace('"events":150', '"events":149'), "utf-8")
    code, _, err = hub("verify", "--receipt", path, "--key", str(installed.verifier))
    assert (code, "was changed" in err) == (5, True)


def test_a_checkpoint_meets_its_co_signer_by_files(hub, installed: Signer, hub_home: Path, tmp_path: Path):
    first, second, mine = tmp_path / "first.txt", tmp_path / "second.txt", tmp_path / "mine.txt"
    code, out, _ = hub("checkpoint", "--show-key")
    key = out.strip()
    assert (code, key) == (0, str(installed.verifier))
    first.write_text(hub("checkpoint")[1], "utf-8")
    who = ("--key", key, "--name", "pt-test", "--seen", str(mine))
    code, out, err = hub("cosign", str(first), *who)
    assert code == 0, err
    assert "\n— pt-test " in out
    with closing(LogStore(open_database(f"sqlite:///{hub_home}/log.sqlite", "log"))) as store:
        append(store, random.Random(4), 4, events=10, by=installed)
    second.write_text(hub("checkpoint")[1], "utf-8")
    code, _, err = hub("cosign", str(second), *who)
    assert (code, "the proof begins at 0" in err) == (3, True)
    second.write_text(hub("checkpoint", "--since", "450")[1], "utf-8")
    code, out, err = hub("cosign", str(second), *who, "--json")
    assert code == 0, err
    assert json.loads(out)["size"] == 460
    assert json.loads(hub("checkpoint", "--since", "450", "--json")[1])["consistency"]
    assert mine.read_text("utf-8").count("\n— ") == 2
    assert hub("cosign", str(first), *who)[0] == 5, "the older one again: put back"
    assert hub("verify", "--since", str(mine))[0] == 0
    assert hub("checkpoint", "--since", "461")[0] == 5


def test_there_is_no_proof_of_no_log(hub, hub_home: Path, tmp_path: Path):
    for words in (("verify",), ("checkpoint",)):
        code, _, err = hub(*words)
        assert (code, "no log" in err) == (5, True)
    assert not hub_home.exists(), "looking makes nothing"


def test_a_log_whose_key_is_gone_is_not_given_another(hub, installed: Signer, hub_home: Path):
    (hub_home / "keys" / KEY).unlink()
    code, _, err = hub("verify")
    assert (code, "missing" in err) == (5, True)
    assert not (hub_home / "keys" / KEY).exists()
