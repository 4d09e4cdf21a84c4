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
from hub.edge.seal import Sealer
from hub.errors import Reject, Stop
from hub.events.wire import Delivery, Header
from hub.log import deliveries
from hub.log.receipts import check_receipt
from hub.log.receive import receive
from hub.log.verify import verify_log
from hub.settings import Settings
from hub.transport import files
from hub.vault.forget import erased_by, forgotten
from tests.forgetting import forget, put_back, readable, request
from tests.pipe import MAPPING, Pipe, open_pipe, quiet, row, write_mapping, write_table
from tests.postgres import ENGINES
from tests.typed import Call

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


def test_a_request_tells_nobody_who_was_known(pipe: Pipe) -> None:
    pipe.take(ROWS)
    known, unknown = (
        (files.send(asked, pipe.folder / "sent"), receive(pipe.hub.receiver, asked2).receipt)
        for name in ("C3", "C99")
        for asked, asked2 in [(request(pipe, [name]), request(pipe, [name]))]
    )
    assert known[0].stat().st_size == unknown[0].stat().st_size
    told = [
        {**msgspec.to_builtins(receipt), "delivery": "", "digest": "", "position": 0} for _, receipt in (known, unknown)
    ]
    assert told[0] == told[1]
    assert unknown[1].position == known[1].position + 1


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


def test_a_person_without_a_valid_identifier_is_asked_for_by_record(pipe: Pipe) -> None:
    text = MAPPING.replace("{columns: [case]}", "{scheme: pt.nif, columns: [case]}")
    assert pipe.take(ROWS, write_mapping(pipe.folder, text))["unlinked"] == len(ROWS)
    before = readable(pipe.hub)
    assert len(before) == len(ROWS)
    forget(pipe, ["R6"], by_record=True)
    assert len(before.keys() - readable(pipe.hub).keys()) == 1


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


def test_many_at_once_are_meant_only_if_it_is_said(pipe: Pipe) -> None:
    pipe.take(ROWS)
    names = [f"C{n}" for n in range(60)]
    position = pipe.hub.store.position()
    with pytest.raises(Reject, match="names 60 persons to forget"):
        forget(pipe, names)
    assert (pipe.hub.store.position(), len(readable(pipe.hub))) == (position, 10)
    assert forget(pipe, names, confirmed=True).receipt.accepted == 60
    assert readable(pipe.hub) == {}


def test_a_request_that_names_more_than_it_says_is_many_too(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(150)])
    names = [f"C{n}" for n in range(75)]
    header = request(pipe, names).header
    tokens = b"".join(pipe.hub.tokens("pt-test", "PT").persons("local", names))
    sealer = Sealer(header, pipe.hub.readers("pt-test"))
    parts = [
        sealer.chunk(tokens, b""),
        sealer.end(rows=1, complete=False, covers=(), refusals=[], refused=[]),
    ]
    with pytest.raises(Reject, match="names 75 persons"):
        receive(pipe.hub.receiver, Delivery(header, iter(parts)))
    assert len(readable(pipe.hub)) == 75


def test_the_same_request_twice_answers_the_receipt_it_had(pipe: Pipe) -> None:
    pipe.take(ROWS)
    path = files.send(request(pipe, ["C3"]), pipe.hub.settings.deliveries_dir / "inbox")
    copy = path.read_bytes()
    (first,) = pipe.receive()
    path.write_bytes(copy)
    position = pipe.hub.store.position()
    assert pipe.receive() == [first]
    assert pipe.hub.store.position() == position


@pytest.mark.parametrize(
    "wrong",
    [{"dataset": "erasure"}, {"dataset": "xx", "erases": "OBJECTION"}, {"dataset": "erasure", "erases": "no reason"}],
)
def test_an_erasure_says_what_it_is(wrong: dict[str, str]) -> None:
    said = {"delivery": "0" * 32, "partner": "pt-test", "country": "PT", "version": "1", "complete": False}
    assert Header(**said, dataset="erasure", erases="OBJECTION")
    with pytest.raises(ValueError, match=r"erasure|literal_error"):
        Header(**said, **wrong)


def test_no_receipt_is_given_for_what_was_not_carried_out(pipe: Pipe) -> None:
    asked = request(pipe, ["C3"])
    with pytest.raises(Stop, match="has not arrived"):
        deliveries.known_receipt(pipe.hub.store, asked.header.delivery)


def test_the_command_takes_names_from_a_file_and_shows_none(hub_home: Path, tmp_path: Path, call: Call) -> None:
    table, mapping = write_table(tmp_path / "table.csv", ROWS), str(write_mapping(tmp_path))
    names = tmp_path / "names.txt"
    names.write_text(f"{HERS[0]}\n\nC4\n", "utf-8")
    assert call("ingest", str(table), "--adapter", mapping)[0] == 0
    sent = tmp_path / "sent"
    said = ("forget", str(names), "--adapter", mapping, "--reason", "OBJECTION")
    code, out, err = call(*said, "--to", str(sent), "--json")
    assert code == 0
    asked = json.loads(out)
    assert asked["invalid"] == 0
    with installation(Settings(hub_home)) as hub:
        assert len(readable(hub)) == 10
    inbox = hub_home / "deliveries" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.move(asked["file"], inbox)
    assert call("receive")[0] == 0
    with installation(Settings(hub_home)) as hub:
        assert len(readable(hub)) == 8
    code, out, more = call(*said, "--json")
    answer = json.loads(out)
    assert (code, answer["named"]) == (0, 2)
    assert check_receipt(Path(answer["certificate"]).read_bytes(), hub.signer.verifier)
    assert json.loads(call("status", "--json")[1])["erasures"] == 2
    assert HERS[0] not in out + err + more


@pytest.mark.parametrize(
    ("names", "adapter", "reason", "code"),
    [
        ("names.txt", "pt_apav", "BECAUSE", 2),
        ("names.txt", "plan_file", "OBJECTION", 5),
        ("names.txt", "nowhere.yaml", "OBJECTION", 5),
        ("nowhere.txt", "pt_apav", "OBJECTION", 3),
        ("empty.txt", "pt_apav", "OBJECTION", 3),
        ("bytes.txt", "pt_apav", "OBJECTION", 3),
    ],
)
@pytest.mark.usefixtures("hub_home")
def test_what_cannot_be_asked_for_is_an_exit_code_and_one_line(
    tmp_path: Path, call: Call, names: str, adapter: str, reason: str, code: int
) -> None:
    for name, said in (("names.txt", b"C1\n"), ("empty.txt", b"\n"), ("bytes.txt", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(said)
    found, _, err = call("forget", str(tmp_path / names), "--adapter", adapter, "--reason", reason)
    assert found == code, err
    assert "Traceback" not in err
    assert code == 2 or len(err.strip().splitlines()) == 1
