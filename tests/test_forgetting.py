"""Who is forgotten cannot be read any more, not by a backfill, not by a restore; and who comes back is somebody new."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

import hub.log.receive
from hub.cli.feed import catch_up_warehouse, check
from hub.cli.installation import installation
from hub.errors import Stop
from hub.log.receipts import check_receipt
from hub.log.verify import verify_log
from hub.settings import Settings
from hub.transport import files
from hub.vault.forget import erased_by, forgotten
from tests.forgetting import forget, put_back, readable, request
from tests.pipe import Pipe, open_pipe, quiet, row
from tests.postgres import ENGINES

ROWS = [row(n) for n in range(20)]
HERS = ("C3", [row(6), row(7)])
"""Her case number, and her records."""


@pytest.fixture(params=ENGINES)
def engine_pipe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        yield opened


def test_who_is_forgotten_cannot_be_read_and_everybody_else_can(engine_pipe: Pipe) -> None:
    pipe = engine_pipe
    pipe.take(ROWS, complete=True)
    before = readable(pipe.hub)
    proven = forget(pipe, [HERS[0]])
    after = readable(pipe.hub)
    (subject,) = before.keys() - after.keys()
    assert len(before[subject]) == len(HERS[1])
    assert after == {whose: streams for whose, streams in before.items() if whose != subject}
    assert proven.receipt.position == pipe.hub.store.position()
    key = pipe.hub.signer.verifier
    assert check_receipt(msgspec.json.encode(proven), key).checkpoint.size == proven.receipt.position
    assert not verify_log(pipe.hub.store, key).findings


def test_a_backfill_does_not_bring_her_back_and_a_woman_who_returns_is_somebody_new(engine_pipe: Pipe) -> None:
    pipe = engine_pipe
    pipe.take(ROWS, complete=True)
    forget(pipe, [HERS[0]])
    left, position = readable(pipe.hub), pipe.hub.store.position()
    for again in (ROWS, [row(n, age="33") if n in (6, 7) else row(n) for n in range(20)]):
        said = pipe.take(again, complete=True)
        assert (said["accepted"], said["unchanged"], said["events"]) == (0, len(ROWS), 0)
    assert readable(pipe.hub) == left
    gone = pipe.take([each for each in ROWS if each not in HERS[1]], complete=True)
    assert gone["events"] == 0, "what nobody may read is not retracted either"
    new = pipe.take([row(40, case=HERS[0])])
    assert new["accepted"] == 1
    (subject,) = readable(pipe.hub).keys() - left.keys()
    assert len(readable(pipe.hub)[subject]) == 1
    assert pipe.hub.store.position() > position


def test_no_byte_of_her_key_is_left_while_another_process_has_the_vault_open(pipe: Pipe) -> None:
    pipe.take(ROWS)
    with installation(pipe.hub.settings) as other, other.vault.database.reading() as connection:
        wrapped = [bytes(key) for key in connection.exec_driver_sql("SELECT wrapped FROM subjects").scalars()]
    found = [there(pipe.hub.settings, key) for key in wrapped]
    assert all(found)
    forget(pipe, [HERS[0]])
    assert [there(pipe.hub.settings, key) for key in wrapped].count(False) == 1


def there(settings: Settings, key: bytes) -> bool:
    return any(key in path.read_bytes() for path in settings.home.glob("vault.sqlite*"))


def test_the_warehouse_is_made_anew_and_replay_equals_live(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    pipe.project()
    warehouse = pipe.hub.settings.warehouse_path
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("CREATE SCHEMA facts")
        connection.execute("CREATE TABLE facts.fct_contacts AS SELECT subject FROM raw.contact_held")
    before = readable(pipe.hub)
    spilled = warehouse.with_name(f"{warehouse.name}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage-0.tmp").write_text(" ".join(before))
    forget(pipe, [HERS[0]])
    with pytest.raises(Stop, match="was forgotten since"):
        check(pipe.hub, echo=quiet)
    assert catch_up_warehouse(pipe.hub, rebuild=False, echo=quiet)["rebuilt"]
    assert not catch_up_warehouse(pipe.hub, rebuild=False, echo=quiet)["rebuilt"]
    assert check(pipe.hub, echo=quiet)["differing"] == []
    (subject,) = before.keys() - readable(pipe.hub).keys()
    assert subject not in {whose for (whose,) in pipe.current(columns="subject")}
    beside = [path for path in warehouse.parent.rglob(f"{warehouse.name}*") if path.is_file()]
    assert warehouse in beside
    assert [path.name for path in beside if subject.encode() in path.read_bytes()] == []
    assert not spilled.exists()


def test_a_crash_before_the_commit_asks_for_the_same_again(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe.take(ROWS)
    files.send(request(pipe, [HERS[0]]), pipe.hub.settings.deliveries_dir / "inbox")
    forgetting = hub.log.receive.forget

    def dying(*said: Any) -> None:
        forgetting(*said)
        raise MemoryError

    position = pipe.hub.store.position()
    with monkeypatch.context() as patched:
        patched.setattr(hub.log.receive, "forget", dying)
        with pytest.raises(MemoryError):
            pipe.receive()
    assert pipe.hub.store.position() == position
    (proven,) = pipe.receive()
    assert proven.receipt.events == 1
    (request_id,) = forgotten(pipe.hub.vault)
    keys = erased_by(pipe.hub.vault, request_id).keys
    ((_, _, _, _, state),) = pipe.hub.store.read(position, position + 1, 1)
    assert [f"{key:016x}" for key in keys] == json.loads(state[state.index(b'{"dataset"') :])["data"]["keys"]
    assert len(keys) == 1


@pytest.mark.parametrize("restored", [("vault.sqlite",), ("vault.sqlite", "erasures"), ("vault.sqlite", "log.sqlite")])
def test_a_backup_that_is_put_back_brings_nobody_back(tmp_path: Path, restored: tuple[str, ...]) -> None:
    with open_pipe(tmp_path) as pipe:
        pipe.take(ROWS)
        home = pipe.hub.settings.home
    backup = tmp_path / "backup"
    shutil.copytree(home, backup)
    with installation(pipe.hub.settings) as hub:
        again = Pipe(hub, tmp_path)
        before = readable(hub)
        forget(again, [HERS[0]])
        again.take([row(n) for n in range(50, 60)])
        (subject,) = before.keys() - readable(hub).keys()
        last = hub.vault.last()
    for name in restored:
        put_back(home, backup, name)
    if "log.sqlite" in restored:
        (home / "checkpoint").unlink()  # an operator who knows what is lost
    with installation(pipe.hub.settings) as hub:
        assert subject in before
        assert subject not in readable(hub)
        assert "log.sqlite" in restored or hub.vault.last() == last, "no handle is given twice"
        said = Pipe(hub, tmp_path).take(ROWS)
        assert subject not in readable(hub)
        assert said["unchanged"] + said["accepted"] == len(ROWS)


def test_what_is_kept_outside_is_its_owners_alone_and_a_damaged_file_stops(pipe: Pipe) -> None:
    pipe.take(ROWS)
    forget(pipe, [HERS[0]])
    (kept,) = pipe.hub.settings.erasures_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert HERS[0].encode() not in kept.read_bytes()
    kept.rename(kept.with_name("0" * 32))
    kept.with_name("0" * 32).write_text("nothing of ours")
    with pytest.raises(Stop, match="damaged"), installation(pipe.hub.settings):
        pass
